"""The texts of messages, rendered by Alertmanager's own tool."""

import json

import pytest

from sandbox.simulators.pagerduty.events import Payload
from sandbox.simulators.slack.messages import read
from tests.conftest import ROOT
from tests.engine.alert_rules.routing import of, run

LINKS = "What to do: https://r/EncryptionAuditGap.md\nIncident: https://r/incident.md"


@pytest.mark.parametrize(
    ("text", "firing", "resolved"),
    [
        (
            "slack.default.title",
            "[FIRING] SEV1 EncryptionAuditGap of encryption-audit-service in prod",
            "[RESOLVED] SEV1 EncryptionAuditGap of encryption-audit-service in prod",
        ),
        (
            "slack.default.text",
            f"<!channel> Trail incomplete. Half is lost.\n{LINKS}",
            f"Trail incomplete. Half is lost.\n{LINKS}",
        ),
        (
            "pagerduty.default.description",
            "SEV1 Trail incomplete (prod)",
            "SEV1 Trail incomplete (prod)",
        ),
    ],
)
def test_messages_have_the_severity_the_stack_and_the_runbook(
    amtool, tmp_path, text, firing, resolved
):
    labels = of("EncryptionAuditGap", "encryption-audit-service")
    notes = {
        "summary": "Trail incomplete",
        "description": "Half is lost.",
        "runbook_url": "https://r/EncryptionAuditGap.md",
        "sev": "SEV1",
    }
    rendered = []
    for status in ("firing", "resolved"):
        alert = {"status": status, "labels": labels, "annotations": notes}
        data = {
            "status": status,
            "alerts": [alert],
            "commonLabels": labels,
            "commonAnnotations": notes,
        }
        (tmp_path / "data.json").write_text(json.dumps(data))
        rendered.append(rendered_by(amtool, tmp_path / "data.json", text))

    assert rendered == [firing, resolved]


# Alerts of ours with less and less, and two alerts of one group that differ.
SPARSE = {
    "no description": [({"alertname": "A"}, {"summary": "It burns"})],
    "no annotation": [({"alertname": "A", "service": "s"}, {})],
    "no label": [({}, {})],
    "two summaries": [
        ({"alertname": "A"}, {"summary": "B"}),
        ({"alertname": "A"}, {"summary": "C"}),
    ],
}
TEXTS = {
    "no description": ("It burns (prod)", "It burns.\n", "[FIRING] A in prod"),
    "no annotation": ("A (prod)", "A.\n", "[FIRING] A of s in prod"),
    "no label": (
        "An alert without a name (prod)",
        "An alert without a name.\n",
        "[FIRING] An alert without a name in prod",
    ),
    "two summaries": ("A (prod)", "B.\nC.\n", "[FIRING] A in prod"),
}


@pytest.mark.parametrize("alerts", sorted(SPARSE))
def test_an_alert_with_missing_texts_is_accepted_by_pagerduty_and_slack(amtool, tmp_path, alerts):
    data = tmp_path / "data.json"
    data.write_text(json.dumps(notification(SPARSE[alerts])))

    names = ("pagerduty.default.description", "slack.default.text", "slack.default.title")
    description, text, title = (rendered_by(amtool, data, name) for name in names)

    assert (description, text, title) == TEXTS[alerts]
    assert Payload(summary=description, source="Alertmanager", severity="critical")
    posted = json.dumps({"attachments": [{"title": title, "text": text}]})
    assert read(posted.encode(), "application/json")


def notification(alerts):
    """Return what Alertmanager passes to the templates, for alerts of one group."""
    alerts = [(labels | {"stack": "prod"}, notes) for labels, notes in alerts]
    common_labels, common_notes = (
        dict(set.intersection(*({*part.items()} for part in parts)))
        for parts in zip(*alerts, strict=True)
    )
    return {
        "status": "firing",
        "alerts": [{"status": "firing", "labels": a, "annotations": n} for a, n in alerts],
        "commonLabels": common_labels,
        "commonAnnotations": common_notes,
    }


def rendered_by(amtool, data, template):
    done = run(
        amtool, "template", "render",
        f"--template.glob={ROOT / 'alert_rules/messages.tmpl'}",
        f'--template.text={{{{ template "{template}" . }}}}',
        f"--template.data={data}",
    )  # fmt: skip
    return done.stdout
