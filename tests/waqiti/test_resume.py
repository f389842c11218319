"""A pending operation of a killed `up` is resumed under the id that follows from its inputs."""

import json
from pathlib import Path
from typing import Any

import pytest

from clients.failures import NoAnswerError
from waqiti import resume as command
from waqiti.resume import resume, settle
from waqiti.state import existing

TOPIC = "urn:pulumi:prod::waqiti::waqiti:index:KafkaTopics$kafka:index/topic:Topic::topics-orders"
ACL_INPUTS = {
    "aclPrincipal": "User:shop",
    "aclHost": "*",
    "aclOperation": "Write",
    "aclPermissionType": "Allow",
    "aclResourceType": "Topic",
    "aclResourceName": "orders",
    "resourcePatternTypeFilter": "Literal",
}


def pending(kind, token, inputs):
    urn = f"urn:pulumi:prod::waqiti::waqiti:index:KafkaTopics${token}::topics-orders"
    return {"type": kind, "resource": {"urn": urn, "type": token, "inputs": inputs}}


def test_a_topic_and_an_acl_are_resumed_under_their_ids():
    deployment: dict[str, Any] = {"resources": []}
    operations = [
        pending("creating", "kafka:index/topic:Topic", {"name": "orders"}),
        pending("creating", "kafka:index/acl:Acl", ACL_INPUTS),
    ]

    reported = [settle(operation, deployment) for operation in operations]

    assert [resource["id"] for resource in deployment["resources"]] == [
        "orders",
        "User:shop|*|Write|Allow|Topic|orders|Literal",
    ]
    assert reported[0] == (
        "kafka:index/topic:Topic topics-orders: creating was cut off; "
        "the refresh reads whether it exists"
    )


def test_a_resource_in_the_state_is_not_resumed_twice():
    deployment = {"resources": [{"urn": TOPIC, "id": "orders"}]}

    reported = settle(
        pending("creating", "kafka:index/topic:Topic", {"name": "orders"}), deployment
    )

    assert deployment == {"resources": [{"urn": TOPIC, "id": "orders"}]}
    assert reported.endswith("the refresh reads what it came to")


def test_an_interrupted_update_is_left_to_the_refresh():
    deployment: dict[str, Any] = {"resources": []}

    reported = settle(
        pending("updating", "kafka:index/topic:Topic", {"name": "orders"}), deployment
    )

    assert deployment == {"resources": []}
    assert reported.endswith("updating was cut off; the refresh reads what it came to")


def test_a_secret_is_resumed_under_its_path():
    deployment: dict[str, Any] = {"resources": []}
    inputs = {"mount": "secret", "name": "alerting/pagerduty"}

    settle(pending("creating", "vault:kv/secretV2:SecretV2", inputs), deployment)

    assert [r["id"] for r in deployment["resources"]] == ["secret/data/alerting/pagerduty"]


@pytest.mark.parametrize("kind", ["waqiti:vault:GeneratedSecret", "waqiti:slack:Channel"])
def test_an_own_resource_is_left_to_the_next_up(kind):
    deployment: dict[str, Any] = {"resources": []}

    reported = settle(pending("creating", kind, {}), deployment)

    assert deployment == {"resources": []}
    assert reported == (
        f"{kind} topics-orders: creating was cut off; the next `up` keeps "
        "what is there and adds the rest"
    )


def test_a_folder_and_a_dashboard_are_resumed_under_their_uids():
    deployment: dict[str, Any] = {"resources": []}
    inputs = {
        "grafana:oss/folder:Folder": {"uid": "waqiti", "title": "Waqiti"},
        "grafana:oss/dashboard:Dashboard": {"configJson": '{"title":"Orders","uid":"orders"}'},
    }

    for token, given in inputs.items():
        settle(pending("creating", token, given), deployment)

    assert [r["id"] for r in deployment["resources"]] == ["0:waqiti", "0:orders"]


def test_two_objects_of_the_same_name_are_left_to_the_operator(monkeypatch):
    found = {"services": [{"id": "P1", "name": "Orders"}, {"id": "P2", "name": "Orders"}]}
    monkeypatch.setattr("clients.pagerduty.PagerDuty.get", lambda *_, **__: found)
    deployment: dict[str, Any] = {"resources": []}

    reported = settle(
        pending("creating", "pagerduty:index/service:Service", {"name": "Orders"})
        | {"provider": "none::1"},
        deployment,
    )

    assert deployment == {"resources": []}
    assert reported == (
        "pagerduty:index/service:Service topics-orders: creating was cut off, and PagerDuty has 2 "
        "of the name 'Orders' (P1, P2): delete all but one, and `pulumi import` it"
    )


def test_a_resource_without_a_derivable_id_is_reported_to_the_operator():
    deployment: dict[str, Any] = {"resources": []}

    reported = settle(pending("creating", "other:index/thing:Thing", {}), deployment)

    assert deployment == {"resources": []}
    assert reported == (
        "other:index/thing:Thing topics-orders: creating was cut off and it may exist unknown to "
        "Pulumi: look for it, and delete it or `pulumi import` it"
    )


def test_existing_resources_are_listed_without_components_and_providers():
    resources = [
        {"type": "pulumi:pulumi:Stack", "urn": "s"},
        {"type": "pulumi:providers:kafka", "custom": True, "id": "p"},
        {"type": "kafka:index/topic:Topic", "custom": True, "id": "orders"},
        {"type": "kafka:index/acl:Acl", "custom": True, "id": "a"},
    ]

    assert existing({"deployment": {"resources": resources}}) == [
        ("kafka:index/acl:Acl", "a"),
        ("kafka:index/topic:Topic", "orders"),
    ]
    assert existing({"deployment": {}}) == []


@pytest.fixture
def stack(monkeypatch, tmp_path):
    """Provide the commands that `resume` ran; its exports are the given states, in their order."""
    commands: list[tuple[str, ...]] = []

    def use(*states):
        exports = iter(states)
        monkeypatch.setattr(command, "export", lambda _: next(exports))
        monkeypatch.setattr(command, "pulumi", lambda *words, **_: commands.append(words[:2]))
        return commands

    monkeypatch.chdir(tmp_path)
    return use


def exported(*resources, pending=()):
    deployment: dict[str, Any] = {"resources": [*resources]}
    return {"deployment": deployment | ({"pending_operations": [*pending]} if pending else {})}


INPUTS = {"name": "orders", "partitions": 10, "config": {"retention.ms": "60000"}}
CUT_OFF = pending("creating", "kafka:index/topic:Topic", INPUTS)


def refreshed(**outputs):
    found = INPUTS | {"partitions": 10.0, "replicationFactor": 3} | outputs
    return exported({"urn": TOPIC, "id": "orders", "outputs": found})


def test_the_state_before_is_kept_and_its_path_is_reported(stack):
    before = exported(pending=[CUT_OFF])
    commands = stack(before, before, refreshed())

    *_, reported = resume("prod")

    (saved,) = Path(".waqiti").iterdir()
    assert json.loads(saved.read_text()) == before
    assert saved.stat().st_mode & 0o777 == 0o600
    assert reported == (
        f"the state before is in {saved}: `pulumi stack import --stack prod --file {saved}` "
        "restores it"
    )
    assert commands == [("stack", "import"), ("refresh", "--stack")]


def test_a_state_that_moved_is_left_as_it_is(stack):
    commands = stack(exported(pending=[CUT_OFF]), exported({"urn": "new"}))

    with pytest.raises(NoAnswerError) as refused:
        resume("prod")

    assert str(refused.value) == (
        "the state of prod changed while it was read: wait until no other pulumi runs, and run it "
        "again: nothing was changed"
    )
    assert commands == []


def test_another_resource_of_the_same_name_is_not_adopted(stack):
    before = exported(pending=[CUT_OFF])
    commands = stack(before, before, refreshed(partitions=3, config={"retention.ms": "1"}))

    reported = resume("prod")

    assert reported[1] == (
        "kafka:index/topic:Topic topics-orders: what exists has another config, partitions, so it "
        "is not adopted: rename or delete it, or `pulumi import` it"
    )
    assert commands == [("stack", "import"), ("refresh", "--stack"), ("state", "delete")]


def test_a_state_without_pending_operations_is_not_touched(stack):
    assert stack(exported()) == []
    assert resume("prod") == []
