"""One marked alert for each declared rule of a channel; the heartbeat is none of them."""

from datetime import UTC, datetime

import pytest

from waqiti.state import State
from waqiti.verify.path.alerts import MarkedAlert, marked_alerts


def rule(alert, severity, channel, **changes):
    labels = {"severity": severity, "service": "payments", "slack_channel": channel}
    texts = {"summary": "{{ $value }} is high", "sev": "SEV1", "runbook_url": "https://r/x"}
    return {"alert": alert, "expr": "up == 0", "labels": labels, "annotations": texts} | changes


def state(*rules):
    resource = {
        "type": "kubernetes:monitoring.coreos.com/v1:PrometheusRule",
        "inputs": {"spec": {"groups": [{"name": "g", "rules": [*rules]}]}},
    }
    return State({"deployment": {"resources": [resource]}}, {})


LOST = rule("RecordsLost", "critical", "compliance")
SLOW = rule("Slow", "warning", "engineering")
SLOW["labels"]["service"] = "{{ $labels.service }}"
ALWAYS = rule("Heartbeat", "info", "engineering", expr="vector(1)")
RECORDED = {"record": "a:b", "expr": "up"}


def test_each_rule_has_an_alert_with_its_labels_and_a_mark_of_its_own():
    assert marked_alerts(state(LOST, RECORDED, SLOW, ALWAYS), "all", "r7") == [
        MarkedAlert(
            "RecordsLost",
            {
                "alertname": "RecordsLost",
                "severity": "critical",
                "service": "payments",
                "slack_channel": "compliance",
                "verification_id": "r7-1",
            },
            {
                "sev": "SEV1",
                "runbook_url": "https://r/x",
                "summary": "Test r7-1 of the alert path: nothing is wrong",
                "description": "`waqiti verify` sent this alert and will resolve it.",
            },
        ),
        MarkedAlert(
            "Slow",
            {
                "alertname": "Slow",
                "severity": "warning",
                "service": "verification",
                "slack_channel": "engineering",
                "verification_id": "r7-2",
            },
            {
                "sev": "SEV1",
                "runbook_url": "https://r/x",
                "summary": "Test r7-2 of the alert path: nothing is wrong",
                "description": "`waqiti verify` sent this alert and will resolve it.",
            },
        ),
    ]


@pytest.mark.parametrize(
    ("channel", "rules"),
    [("compliance", ["RecordsLost"]), ("engineering", ["Slow"]), ("fraud", [])],
)
def test_a_channel_selects_its_rules(channel, rules):
    assert [a.rule for a in marked_alerts(state(LOST, SLOW), channel, "r")] == rules


def test_a_page_is_also_posted_to_the_channel_of_pages():
    lost, slow = marked_alerts(state(LOST, SLOW), "all", "r")

    assert (lost.pages, lost.channels) == (True, {"compliance", "critical"})
    assert (slow.pages, slow.channels) == (False, {"engineering"})


def test_no_mark_is_part_of_another():
    many = marked_alerts(state(*(rule(f"R{n}", "info", "fraud") for n in range(12))), "all", "r")

    assert [(a.id, b.id) for a in many for b in many if a is not b and a.mark in b.mark] == []


def test_it_ends_by_itself():
    (alert,) = marked_alerts(state(LOST), "all", "r")
    starts, ends = datetime(2026, 1, 5, tzinfo=UTC), datetime(2026, 1, 6, tzinfo=UTC)

    assert alert.sent(starts, ends) == {
        "labels": dict(alert.labels),
        "annotations": dict(alert.annotations),
        "startsAt": "2026-01-05T00:00:00+00:00",
        "endsAt": "2026-01-06T00:00:00+00:00",
    }
