"""From a lost audit record to a page and back: rules, routing, pager and channels, all applied."""

from collections.abc import Mapping
from typing import Any

import pytest
import requests
import yaml
from promql_parser import parse

from components.alert_routing import OBJECT, alertmanager_config
from sandbox import alertmanager, prometheus, slack
from sandbox.kubernetes import api
from tests.alerts.rule_files import MODELS
from tests.conftest import stack_config, stack_settings
from tests.engine.clusters import alertmanager_config as config_in_use
from tests.engine.kafka_clients import SECONDS
from tests.engine.paging_clients import rest
from tests.engine.polling import eventually
from tests.engine.workload_client import Workload

pytestmark = [pytest.mark.minutes(12), pytest.mark.timeout(1500)]

ALERT = "EncryptionAuditGap"
PAGE = "SEV1 Encryption audit trail incomplete (local)"
_SOON = 60
# The rule's `for` is 5 minutes, and its window as long: what a start left there outweighs no loss
# of this size, but might delay it by a window. A page is told to be over with the next group.
_FIRES_WITHIN_SECONDS = 11 * 60
_RESOLVES_WITHIN_SECONDS = 11 * 60


@pytest.fixture
def workload(sandbox):
    """Give the sandbox's workload, and put it right again whatever a test did to it."""
    own = Workload(sandbox)
    yield own
    own.reset()


def ask(world, path) -> Any:
    answer = requests.get(f"{prometheus.url(world)}/api/v1/{path}", timeout=SECONDS)
    return answer.json()["data"]


def incidents(world) -> list[tuple[str, str]]:
    """Give title and status of every incident of the rule under test."""
    found = rest(world).list_all("incidents", params={"date_range": "all"})
    return [(i["title"], i["status"]) for i in found if i["title"] == PAGE]


def posted(world) -> set[tuple[str, str]]:
    """Give channel and title of the messages about the rule under test."""
    told = requests.get(f"{slack.url(world)}/sandbox/messages", timeout=SECONDS).json()
    titles = [(m["channel"], m["payload"]["attachments"][0]["title"]) for m in told["messages"]]
    return {(channel, title) for channel, title in titles if ALERT in title}


def seconds_of(duration: str) -> float:
    return {"m": 60, "h": 3600, "s": 1}[duration[-1]] * float(duration[:-1])


def applied() -> Mapping[str, Any]:
    """Give every rule as its file says it, in the form in which Prometheus tells it."""
    base = stack_config("local")["waqiti:monitoring"]["runbook_base_url"]
    return {
        rule["alert"]: (
            parse(rule["expr"]).prettify(),
            seconds_of(rule["for"]),
            rule["labels"],
            rule["annotations"],
        )
        for model in MODELS.values()
        for group in model.applied(base)["groups"]
        for rule in group["rules"]
    }


def test_prometheus_evaluates_every_rule_of_every_file_as_it_is_written(sandbox):
    def evaluated() -> Mapping[str, Any]:
        return {
            rule["name"]: (
                parse(rule["query"]).prettify(),
                rule["duration"],
                rule["labels"],
                rule["annotations"],
            )
            for group in ask(sandbox.world, "rules")["groups"]
            for rule in group["rules"]
        }

    eventually(evaluated, applied())


def test_every_rule_is_evaluated_without_an_error(sandbox):
    healthy: list[str] = []

    def unhealthy() -> list[str]:
        groups = ask(sandbox.world, "rules")["groups"]
        rules = (r for group in groups if group["interval"] <= _SOON for r in group["rules"])
        return [
            f"{r['name']}: {r['health']} {r.get('lastError', '')}"
            for r in rules
            if r["health"] != "ok"
        ]

    eventually(unhealthy, healthy, 1.5 * _SOON)  # a group is first evaluated within its interval


def with_defaults(route: Mapping[str, Any]) -> Mapping[str, Any]:
    """Give a route as Alertmanager tells it: sorted matchers, `continue` said."""
    told = {"continue": False, **route}
    if "matchers" in told:
        told["matchers"] = sorted(told["matchers"])
    if "routes" in told:
        told["routes"] = [with_defaults(child) for child in told["routes"]]
    return told


def test_alertmanager_uses_the_routing_of_the_same_data(sandbox):
    settings = stack_settings("local")
    wanted = alertmanager_config(settings.monitoring, settings.pagerduty)

    used = yaml.safe_load(config_in_use(sandbox))

    assert used["route"] == with_defaults(wanted["route"])
    assert used["inhibit_rules"] == wanted["inhibit_rules"]
    assert [receiver["name"] for receiver in used["receivers"]] == [
        receiver["name"] for receiver in wanted["receivers"]
    ]


def test_every_receiver_tells_when_it_is_over(sandbox):
    used = yaml.safe_load(config_in_use(sandbox))
    ways = [
        way
        for receiver in used["receivers"]
        for kind, configs in receiver.items()
        if kind.endswith("_configs")
        for way in configs
    ]

    assert len(ways) == 6
    assert all(way["send_resolved"] for way in ways)


def test_no_secret_is_in_the_object_and_alertmanager_reads_each_from_a_file(sandbox):
    path = "/apis/external-secrets.io/v1/namespaces/monitoring/externalsecrets"
    held = api(sandbox.world, "admin").get(f"{path}/{OBJECT}")
    files = alertmanager.config_file(sandbox.world).parent / "secrets" / OBJECT
    secrets = {
        file.name: file.read_text().strip()
        for file in files.iterdir()
        if file.name.endswith(("_key", "_webhook"))
    }

    assert sorted(secrets) == [
        "compliance_webhook",
        "critical_webhook",
        "engineering_webhook",
        "fraud_webhook",
        "integration_key",
    ]
    assert [name for name, value in secrets.items() if not value or value in str(held)] == []
    assert [name for name, value in secrets.items() if value in config_in_use(sandbox)] == []


def test_lost_audit_records_page_once_and_the_page_ends_when_none_are_lost(sandbox, workload):
    workload.put("lossy", operations_percent=20)
    eventually(lambda: incidents(sandbox.world), [(PAGE, "triggered")], _FIRES_WITHIN_SECONDS)

    workload.reset()
    eventually(lambda: incidents(sandbox.world), [(PAGE, "resolved")], _RESOLVES_WITHIN_SECONDS)

    what = f"SEV1 {ALERT} of encryption-audit-service in local"
    later = ("waqiti-local-compliance", f"[RESOLVED] {what}")  # 5 minutes after it was told last
    assert posted(sandbox.world) - {later} == {
        ("waqiti-local-critical", f"[FIRING] {what}"),
        ("waqiti-local-critical", f"[RESOLVED] {what}"),
        ("waqiti-local-compliance", f"[FIRING] {what}"),
    }
