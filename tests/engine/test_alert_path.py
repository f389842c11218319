"""From a lost audit record to a page and back: rules, routing, pager and channels, all applied."""

import re
from collections.abc import Mapping
from typing import Any

import pytest
import requests
import yaml
from promql_parser import parse

from components.alert_routing.configuration import configuration
from program import wiring
from sandbox.servers import alertmanager, prometheus, slack
from sandbox.servers.kubernetes import api
from tests.alert_rules.rule_files import MODELS
from tests.alert_rules.scaling import scaled
from tests.conftest import stack_config, stack_settings
from tests.engine.clusters import alertmanager_config as config_in_use
from tests.engine.kafka_clients import SECONDS
from tests.engine.paging_clients import rest
from tests.engine.polling import eventually
from tests.engine.workload_client import Workload

pytestmark = [pytest.mark.minutes(3), pytest.mark.own_sandbox]

OBJECT = "alertmanager-main"
ALERT = "EncryptionAuditGap"
PAGE = "SEV1 Encryption audit trail incomplete (local)"
_SOON = 60
# With its durations scaled, the rule needs 30 s; the pager learns of the end within another 60 s.
_FIRES_WITHIN_SECONDS = 2 * 60
_RESOLVES_WITHIN_SECONDS = 3 * 60


@pytest.fixture
def workload(sandbox):
    """Provide the sandbox's workload, and reset it after the test."""
    own = Workload(sandbox)
    yield own
    own.reset()


@pytest.fixture
def _short_windows(sandbox):
    """Divide the durations of the rule under test, and restore them afterwards."""
    cluster = api(sandbox.world, "admin")
    path = "/apis/monitoring.coreos.com/v1/namespaces/monitoring/prometheusrules"
    path += "/waqiti-encryption-audit"
    real = cluster.get(path)["spec"]

    def put(spec: Mapping[str, Any]) -> None:
        cluster.replace(path, {**cluster.get(path), "spec": spec})
        wanted = {
            rule["alert"]: (parse(rule["expr"]).prettify(), seconds_of(rule["for"]))
            for group in spec["groups"]
            for rule in group["rules"]
        }
        eventually(
            lambda: {r: used[:2] for r, used in evaluated(sandbox).items() if r in wanted}, wanted
        )

    try:
        put(scaled(real))
        yield
    finally:
        put(real)


def ask(world, path) -> Any:
    answer = requests.get(f"{prometheus.url(world)}/api/v1/{path}", timeout=SECONDS)
    return answer.json()["data"]


def incidents(world) -> list[tuple[str, str]]:
    """Return title and status of every incident of the rule under test."""
    found = rest(world).list_all("incidents", params={"date_range": "all"})
    return [(i["title"], i["status"]) for i in found if i["title"] == PAGE]


def posted(world) -> set[tuple[str, str]]:
    """Return channel and title of every message about the rule under test."""
    reported = requests.get(f"{slack.url(world)}/sandbox/messages", timeout=SECONDS).json()
    titles = [(m["channel"], m["payload"]["attachments"][0]["title"]) for m in reported["messages"]]
    return {(channel, title) for channel, title in titles if ALERT in title}


def seconds_of(duration: str) -> float:
    ((number, unit),) = re.findall(r"^(\d+)(ms|s|m|h)$", duration)
    return {"ms": 0.001, "s": 1, "m": 60, "h": 3600}[unit] * int(number)


def applied() -> Mapping[str, Any]:
    """Return every rule of the files, in the format of Prometheus' API."""
    base = stack_config("local")["waqiti:monitoring"]["runbook_base_url"]
    return {
        rule["alert"]: (
            parse(rule["expr"]).prettify(),
            seconds_of(rule["for"]),
            rule["labels"] | {"platform": "waqiti", "stack": "local"},
            rule["annotations"],
        )
        for name, model in MODELS.items()
        if name != "heartbeat"  # the stack `local` has none
        for group in model.applied(base)["groups"]
        for rule in group["rules"]
    }


def evaluated(sandbox) -> Mapping[str, Any]:
    """Return every rule as Prometheus evaluates it, in the form of `applied`."""
    return {
        rule["name"]: (
            parse(rule["query"]).prettify(),
            rule["duration"],
            rule["labels"],
            rule["annotations"],
        )
        for group in ask(sandbox.world, "rules")["groups"]
        for rule in group["rules"]
        if rule["type"] == "alerting"
    }


def test_prometheus_evaluates_every_rule_of_every_file_as_it_is_written(sandbox):
    eventually(lambda: evaluated(sandbox), applied())


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
    """Return a route as Alertmanager reports it: sorted matchers, explicit `continue`."""
    reported = {"continue": False, **route}
    if "matchers" in reported:
        reported["matchers"] = sorted(reported["matchers"])
    if "routes" in reported:
        reported["routes"] = [with_defaults(child) for child in reported["routes"]]
    return reported


def test_alertmanager_uses_the_routing_of_the_same_data(sandbox):
    settings = stack_settings("local")
    args = wiring.alert_routing(settings)
    wanted = configuration(args, OBJECT, str(args["pager"]["events_url"]))

    used = yaml.safe_load(config_in_use(sandbox))

    assert used["route"] == with_defaults(wanted["route"])
    assert used["inhibit_rules"] == [
        {key: sorted(values) for key, values in rule.items()} for rule in wanted["inhibit_rules"]
    ]
    assert [receiver["name"] for receiver in used["receivers"]] == [
        receiver["name"] for receiver in wanted["receivers"]
    ]


def test_every_receiver_reports_the_end(sandbox):
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


@pytest.mark.usefixtures("_short_windows")
def test_lost_audit_records_page_once_and_the_page_ends_when_none_are_lost(sandbox, workload):
    what = f"SEV1 {ALERT} of encryption-audit-service in local"
    firing = {
        ("waqiti-local-critical", f"[FIRING] {what}"),
        ("waqiti-local-compliance", f"[FIRING] {what}"),
    }
    workload.put("lossy", operations_percent=20)
    eventually(lambda: incidents(sandbox.world), [(PAGE, "triggered")], _FIRES_WITHIN_SECONDS)
    eventually(lambda: posted(sandbox.world), firing, _SOON)

    workload.reset()
    eventually(lambda: incidents(sandbox.world), [(PAGE, "resolved")], _RESOLVES_WITHIN_SECONDS)

    later = ("waqiti-local-compliance", f"[RESOLVED] {what}")  # 5 minutes after the last message
    resolved = ("waqiti-local-critical", f"[RESOLVED] {what}")
    assert posted(sandbox.world) - {later} == firing | {resolved}
