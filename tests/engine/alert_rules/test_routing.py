"""
Every alert reaches its receivers, and each of them once.

Checked with Alertmanager's own tool and a linter, for the real settings of each stack.
"""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from components.alert_routing.configuration import as_yaml, configuration
from program import wiring
from tests.alert_rules.rule_files import RULES, label_sets
from tests.conftest import ROOT, STACKS, stack_settings

AMLINT = Path(sys.executable).with_name("amlint")
every_stack = pytest.mark.parametrize("stack", STACKS)


def run(*command):
    return subprocess.run(
        [str(part) for part in command],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )


def config_of(stack):
    args = wiring.alert_routing(stack_settings(stack))
    return configuration(args, args["object_name"], str(args["pager"]["events_url"]))


@pytest.fixture
def config_file(tmp_path):
    """Provide a function that writes a configuration to a file for the tools."""

    def write(config):
        path = tmp_path / "alertmanager.yaml"
        path.write_text(as_yaml(config))
        return path

    return write


def labelled(labels):
    return [f"{name}={value}" for name, value in labels.items()]


def receivers_of(labels):
    """Return the expected receivers; the pager's receiver also posts to the critical channel."""
    channel = [f"slack-{labels['slack_channel']}"]
    if labels["severity"] != "critical":
        return channel
    return ["pager", *(name for name in channel if name != "slack-critical")]


def own_label_sets(stack):
    return [
        labels for rule in RULES.values() for labels in label_sets(rule) if labels["stack"] == stack
    ]


@every_stack
def test_alertmanager_accepts_the_configuration(amtool, config_file, stack):
    done = run(amtool, "check-config", config_file(config_of(stack)))

    assert done.returncode == 0, done.stdout


@every_stack
def test_the_linter_finds_no_problem(config_file, stack):
    rules = ["--rules", str(ROOT / "alert_rules/*.yaml")]

    done = run(AMLINT, "check", "--strict", config_file(config_of(stack)), *rules)

    assert done.returncode == 0, done.stdout
    assert "No issues found" in done.stdout


@every_stack
def test_every_alert_reaches_its_channel_and_a_critical_one_the_pager_too(
    amtool, config_file, stack
):
    path = config_file(config_of(stack))
    reached, meant = {}, {}
    for labels in own_label_sets(stack):
        key = " ".join(labelled(labels))
        reported = run(
            amtool, "config", "routes", "test", f"--config.file={path}", *labelled(labels)
        )
        reached[key] = reported.stdout.strip().split(",")
        meant[key] = receivers_of(labels)

    assert reached == meant
    declared = {receiver["name"] for receiver in config_of(stack)["receivers"]}
    assert {name for names in reached.values() for name in names} == declared


@every_stack
def test_one_receiver_pages_and_every_receiver_sends_resolved(stack):
    receivers = config_of(stack)["receivers"]
    ways = [way for r in receivers for kind, ways in r.items() if kind != "name" for way in ways]

    assert [r["name"] for r in receivers if "pagerduty_configs" in r] == ["pager"]
    assert [len(r.get("pagerduty_configs", [])) for r in receivers] == [1, 0, 0, 0, 0]
    assert [way["send_resolved"] for way in ways] == [True] * 6


@pytest.mark.parametrize("severity", ["critical", "warning"])
def test_an_alert_of_another_source_reaches_the_pager_or_the_default_channel(
    amtool, config_file, severity
):
    path = config_file(config_of("prod"))

    reported = run(
        amtool, "config", "routes", "test", f"--config.file={path}", f"severity={severity}"
    ).stdout.strip()

    assert reported == {"critical": "pager", "warning": "slack-engineering"}[severity]


def test_one_incident_is_one_alert_of_one_service_in_one_stack():
    assert config_of("prod")["route"]["group_by"] == ["alertname", "service", "stack"]


def inhibited(path, labels, firing):
    reported = run(
        AMLINT, "route", "--format=json", "--firing", ",".join(labelled(firing)), path,
        *labelled(labels),
    )  # fmt: skip
    return bool(json.loads(reported.stdout)["inhibited_by"])


def of(alert, service, stack="prod"):
    labels = RULES[alert].labels.model_dump() | {"alertname": alert, "stack": stack}
    return labels | {"service": service}


OUTAGES = {
    "an unavailable service and what it breaks": (
        ("ServiceUnavailable", "payment-saga-orchestrator"),
        ("SagaCompensationRateHigh", "payment-saga-orchestrator"),
        True,
    ),
    "an unavailable service and its own errors": (
        ("ServiceUnavailable", "payment-service"),
        ("ServiceErrorRateHigh", "payment-service"),
        True,
    ),
    "an unavailable service and itself": (
        ("ServiceUnavailable", "payment-service"),
        ("ServiceUnavailable", "payment-service"),
        False,
    ),
    "an unavailable service and another": (
        ("ServiceUnavailable", "payment-service"),
        ("ServiceErrorRateHigh", "config-service"),
        False,
    ),
    "errors above the gate and far above it": (
        ("ServiceErrorRateHigh", "payment-service"),
        ("ServiceErrorRateAboveGate", "payment-service"),
        True,
    ),
    "a gap and the reconciliation that finds it": (
        ("EncryptionAuditGap", "encryption-audit-service"),
        ("AuditReconciliationFoundGap", "encryption-audit-service"),
        True,
    ),
    "a gap and the absence that causes it": (
        ("EncryptionAuditGap", "encryption-audit-service"),
        ("AuditRecordsMetricAbsent", "encryption-audit-service"),
        False,
    ),
}


@pytest.mark.parametrize("outage", sorted(OUTAGES))
def test_one_outage_is_one_page(config_file, outage):
    source, target, muted = OUTAGES[outage]
    path = config_file(config_of("prod"))

    assert inhibited(path, of(*target), of(*source)) is muted


def test_an_outage_of_one_stack_mutes_nothing_of_another(config_file):
    path = config_file(config_of("prod"))
    source, target = "ServiceUnavailable", "ServiceErrorRateHigh"

    assert not inhibited(
        path, of(target, "payment-service", "staging"), of(source, "payment-service")
    )


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
            "<!channel> Trail incomplete. Half is lost.\nWhat to do: https://r/EncryptionAuditGap.md",
            "Trail incomplete. Half is lost.\nWhat to do: https://r/EncryptionAuditGap.md",
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
        done = run(
            amtool, "template", "render",
            f"--template.glob={ROOT / 'alert_rules/messages.tmpl'}",
            f'--template.text={{{{ template "{text}" . }}}}',
            f"--template.data={tmp_path / 'data.json'}",
        )  # fmt: skip
        rendered.append(done.stdout)

    assert rendered == [firing, resolved]


@pytest.mark.parametrize(
    ("fault", "finding"),
    [
        ({"receiver": "pager"}, "shadowed-route"),
        ({"receiver": "nobody", "matchers": ['team="legal"']}, "undefined-receiver"),
    ],
)
def test_the_linter_detects_an_unreachable_route(config_file, fault, finding):
    config = config_of("prod")
    config["route"]["routes"].insert(0, fault)

    done = run(AMLINT, "check", "--strict", config_file(config))

    assert done.returncode != 0
    assert finding in done.stdout or "unreachable-route" in done.stdout
