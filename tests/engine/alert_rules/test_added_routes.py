"""
The second form of AlertRouting routes as the first one does, and leaves the company's alerts alone.

A linter merges the object below a root route as prometheus-operator does. The company's own
receiver is "null" here.
"""

import json

import pytest

from components.alert_routing.added_routes import KIND, added_routes
from program import wiring
from tests.alert_rules.rule_files import RULES
from tests.conftest import stack_settings
from tests.engine.alert_rules.routing import AMLINT, labelled, of, run
from tests.engine.alert_rules.test_routing import FOREIGN, receivers_of

# One alert for each set of receivers.
ONE_EACH = {
    (rule.labels.severity, rule.labels.slack_channel): alert for alert, rule in RULES.items()
}


@pytest.fixture(scope="module")
def added(tmp_path_factory):
    routes = added_routes(wiring.alert_routing(stack_settings("prod")), "keys")
    metadata = {"name": "added", "namespace": "monitoring"}
    path = tmp_path_factory.mktemp("added") / "routes.json"
    path.write_text(
        json.dumps({"apiVersion": KIND[0], "kind": KIND[1], "metadata": metadata, "spec": routes})
    )
    return path


def routed(path, labels, *firing):
    done = run(
        AMLINT, "route", "--matcher-strategy=None", "--format=json",
        *(f"--firing={','.join(labelled(alert))}" for alert in firing), path, *labelled(labels),
    )  # fmt: skip
    return json.loads(done.stdout)


@pytest.mark.parametrize("alert", sorted(ONE_EACH.values()))
def test_an_alert_of_ours_reaches_the_same_receivers_as_in_the_first_form(added, alert):
    labels = of(alert, "payment-service")

    assert routed(added, labels)["receivers"] == [
        f"monitoring/added/{receiver}" for receiver in receivers_of(labels)
    ]


@pytest.mark.parametrize("alert", sorted(FOREIGN))
def test_an_alert_of_another_source_stays_with_the_company(added, alert):
    assert routed(added, FOREIGN[alert])["receivers"] == ["null"]


def test_an_outage_mutes_its_symptoms_unless_its_service_is_unknown(added):
    symptom = of("ServiceErrorRateHigh", "payment-service")
    nameless = {key: value for key, value in symptom.items() if key != "service"}

    assert routed(added, symptom, of("ServiceUnavailable", "payment-service"))["inhibited"]
    assert not routed(added, nameless, nameless | {"alertname": "ServiceUnavailable"})["inhibited"]
