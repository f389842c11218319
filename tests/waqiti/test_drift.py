"""A manual edit is reported by dashboard, panel and field, with both values."""

import json
import subprocess

import pytest

from clients.failures import NoAnswerError
from waqiti import drift as command
from waqiti.drift import drift, edits
from waqiti.report import Report

RATE = {
    "title": "Rate",
    "type": "timeseries",
    "fieldConfig": {"defaults": {"unit": "reqps"}},
    "targets": [{"expr": "rate(orders_total[5m])", "refId": "A"}],
}
REFUSED = {"title": "Refused", "type": "stat"}
ROW = {"title": "Details", "type": "row", "panels": [REFUSED]}
ORDERS = {"title": "Orders", "uid": "orders", "tags": ["waqiti"], "panels": [RATE, ROW]}


def nothing_unmanaged(monkeypatch):
    monkeypatch.setattr(command, "export", lambda *_: {"deployment": {}})
    monkeypatch.setattr(command, "config", lambda _: {})
    monkeypatch.setattr(command, "unmanaged", lambda _: Report(()))


@pytest.mark.parametrize(
    ("found", "reported"),
    [
        (ORDERS, []),
        (
            ORDERS | {"panels": [RATE | {"fieldConfig": {"defaults": {"unit": "short"}}}, ROW]},
            ['panel \'Rate\': fieldConfig.defaults.unit is "short", and was "reqps"'],
        ),
        (
            ORDERS | {"panels": [RATE | {"targets": [{"expr": "up", "refId": "A"}]}, ROW]},
            ['panel \'Rate\': targets[0].expr is "up", and was "rate(orders_total[5m])"'],
        ),
        (
            ORDERS | {"panels": [RATE, ROW | {"panels": [REFUSED | {"title": "Turned down"}]}]},
            ["row 'Details', panel 'Refused': title is \"Turned down\", and was \"Refused\""],
        ),
        (ORDERS | {"panels": [ROW, RATE]}, []),
        (ORDERS | {"panels": [RATE]}, ["row 'Details': it is not there, and was there"]),
        (
            ORDERS | {"panels": [RATE, ROW, {"title": "New", "type": "stat"}]},
            ["panel 'New': it is there, and was not there"],
        ),
    ],
    ids=["nothing", "unit", "query", "inside a row", "order", "removed", "added"],
)
def test_an_edit_is_reported_by_panel_and_field(found, reported):
    assert list(edits(ORDERS, found)) == [f"dashboard 'Orders', {one}" for one in reported]


def test_a_field_of_the_dashboard_itself_is_reported_without_a_panel():
    found = {key: value for key, value in ORDERS.items() if key != "uid"} | {"tags": []}

    assert list(edits(ORDERS, found)) == [
        "dashboard 'Orders': tags is [], and was [\"waqiti\"]",
        "dashboard 'Orders': uid is not there, and was \"orders\"",
    ]


def test_a_long_value_is_truncated():
    (reported,) = edits({"title": "T", "text": "short"}, {"title": "T", "text": "x" * 100})

    assert reported == f'dashboard \'T\': text is "{"x" * 59}…, and was "short"'


def test_changed_and_missing_resources_are_reported(monkeypatch):
    def step(op, kind, name, reasons=None, left=None, found=None):
        return {
            "op": op,
            "urn": f"urn:pulumi:prod::waqiti::{kind}::{name}",
            "diffReasons": reasons,
            "oldState": {"type": kind, "outputs": left},
            "newState": {"type": kind, "outputs": found},
        }

    dashboard, folder = "grafana:oss/dashboard:Dashboard", "grafana:oss/folder:Folder"
    texts = [{"configJson": json.dumps({"title": "T", "editable": value})} for value in (1, 2)]
    steps = [
        step("refresh", dashboard, "dashboards-same"),
        step("update", dashboard, "dashboards-t", ["configJson"], *texts),
        step("update", folder, "dashboards-folder", ["title"], {"title": "A"}, {"title": "B"}),
        step("delete", dashboard, "dashboards-gone"),
    ]
    monkeypatch.setattr("waqiti.state.pulumi", lambda *_, **__: json.dumps({"steps": steps}))
    nothing_unmanaged(monkeypatch)

    assert drift("prod") == Report(
        [
            "dashboard 'T': editable is 2, and was 1",
            'dashboards-folder: title is "B", and was "A"',
            "dashboards-gone: it is gone",
        ]
    )


def test_a_service_that_pages_nobody_is_drift(monkeypatch):
    monkeypatch.setattr("waqiti.state.pulumi", lambda *_, **__: '{"steps": []}')
    nothing_unmanaged(monkeypatch)
    monkeypatch.setattr("waqiti.verify.pagerduty.differences", lambda _: ["it is disabled"])

    assert drift("prod") == Report(["it is disabled"])


def test_a_silent_pagerduty_hides_no_drift(monkeypatch):
    def silent(_):
        raise NoAnswerError("PagerDuty does not answer")

    step = {"op": "delete", "urn": "urn:pulumi:prod::waqiti::folder::gone"}
    monkeypatch.setattr("waqiti.state.pulumi", lambda *_, **__: json.dumps({"steps": [step]}))
    nothing_unmanaged(monkeypatch)
    monkeypatch.setattr("waqiti.verify.pagerduty.differences", silent)

    assert drift("prod") == Report(["gone: it is gone"], ("PagerDuty does not answer",))


def test_an_output_without_diagnostics_is_shown_as_it_is(monkeypatch):
    def refuse(*_, **__):
        raise subprocess.CalledProcessError(255, "pulumi", "no stack named 'prod' found\n")

    monkeypatch.setattr("waqiti.state.pulumi", refuse)

    with pytest.raises(subprocess.CalledProcessError) as failed:
        drift("prod")
    assert failed.value.output == "no stack named 'prod' found"


def test_an_unreachable_system_is_reported_and_is_no_result(monkeypatch):
    reported = [
        {"severity": "info", "message": "nothing of interest"},
        {"severity": "error", "message": "error:\n\tInvalid API key\n"},
    ]
    refusal = subprocess.CalledProcessError(255, "pulumi", json.dumps({"diagnostics": reported}))

    def refuse(*_, **__):
        raise refusal

    monkeypatch.setattr("waqiti.state.pulumi", refuse)

    with pytest.raises(subprocess.CalledProcessError) as failed:
        drift("prod")
    assert failed.value.output == "error: Invalid API key"


@pytest.mark.parametrize(
    ("messages", "reported"),
    [
        (
            ["error: Vault is sealed", "error: Preview failed: refreshing urn:x: Vault is sealed"],
            "error: Vault is sealed",
        ),
        (["error: Vault is sealed", "refreshing urn:x: it", "error: preview failed"], None),
        (["error: preview failed", "refreshing urn:x: it"], "error: preview failed"),
        (["Vault is sealed", "Resource monitor has terminated, shutting down"], "Vault is sealed"),
        (["Resource monitor has terminated, shutting down", "Vault is sealed"], "Vault is sealed"),
    ],
)
def test_an_error_that_the_engine_repeats_is_reported_once(monkeypatch, messages, reported):
    diagnostics = [{"severity": "error", "message": message} for message in messages]

    def refuse(*_, **__):
        output = json.dumps({"diagnostics": diagnostics})
        raise subprocess.CalledProcessError(255, "pulumi", output)

    monkeypatch.setattr("waqiti.state.pulumi", refuse)

    with pytest.raises(subprocess.CalledProcessError) as failed:
        drift("prod")
    assert failed.value.output == (reported or messages[0])
