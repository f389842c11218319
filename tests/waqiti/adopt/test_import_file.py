"""The import file is the engine's own, with ids, and without what does not exist."""

import pytest

from clients.failures import NoAnswerError
from tests.waqiti.adopt.plans import UNKNOWN, creation, provider, urn
from tests.web_answers import answering
from waqiti.adopt.import_file import filled
from waqiti.adopt.plan import Plan, creations

TOPIC = "kafka:index/topic:Topic"
INTEGRATION = "pagerduty:index/serviceIntegration:ServiceIntegration"
COMPONENT = {"type": "waqiti:index:KafkaTopics", "name": "topics", "component": True}
PROVIDER = {"type": "pulumi:providers:kafka", "name": "kafka", "inputs": {"tlsEnabled": "true"}}


def entry(kind, name, **more):
    return {"type": kind, "name": name, "id": "<PLACEHOLDER>", "parent": "topics", **more}


def refuse(_):
    raise AssertionError("nothing here is a secret")


def test_what_exists_has_its_id_and_what_is_missing_is_left_out():
    steps = [provider("kafka"), *(creation(TOPIC, n, {"name": n}) for n in ("orders", "sagas"))]
    # The engine gives an entry another name if two have the same.
    entries = [entry(TOPIC, "ordersTopic", logicalName="orders"), entry(TOPIC, "sagas")]
    file = {"nameTable": {"x": "urn"}, "resources": [PROVIDER, COMPONENT, *entries]}
    plan = Plan(list(creations(steps)), file)

    assert filled(plan, {urn(TOPIC, "orders"): "orders"}, refuse) == {
        "nameTable": {"x": "urn"},
        "resources": [PROVIDER, COMPONENT, entries[0] | {"id": "orders"}],
    }


def integrations(url):
    inputs = {"name": "Events", "service": UNKNOWN}
    steps = [
        provider("pagerduty", apiUrlOverride=url),
        creation(INTEGRATION, "events", inputs, propertyDependencies={"service": ["service"]}),
    ]
    return Plan(list(creations(steps)), {"resources": [entry(INTEGRATION, "events")]})


def test_an_integration_has_its_state_with_an_encrypted_key():
    integration = {
        "name": "Events",
        "type": "events_api_v2_inbound_integration",
        "html_url": "https://acme.pagerduty.com/services/P1/integrations/P2",
        "integration_key": "who knows this can page",
    }
    ids = {"service": "P1", urn(INTEGRATION, "events"): "P2"}
    with answering() as web:
        web.answers = {"/services/P1/integrations/P2": (200, {"integration": integration})}
        file = filled(integrations(web.url), ids, lambda text: {"ciphertext": text[::-1]})

    inputs = {"name": "Events", "service": "P1", "type": "events_api_v2_inbound_integration"}
    assert file["resources"] == [
        entry(INTEGRATION, "events")
        | {
            "id": "P2",
            "inputs": inputs,
            "outputs": {
                **inputs,
                "htmlUrl": "https://acme.pagerduty.com/services/P1/integrations/P2",
                "integrationKey": {"ciphertext": "egap nac siht swonk ohw"},
            },
        }
    ]


def test_an_integration_that_was_deleted_meanwhile_is_one_sentence():
    ids = {"service": "P1", urn(INTEGRATION, "events"): "P2"}
    with answering() as web, pytest.raises(NoAnswerError) as failed:
        filled(integrations(web.url), ids, refuse)

    assert str(failed.value) == (
        f"PagerDuty at {web.url} has no integration P2 any more: run it again"
    )
