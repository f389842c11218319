"""
Every alert reaches its receivers, and each of them once.

Checked with Alertmanager's own tool and a linter, for the real settings of each stack.
"""

import pytest

from program import wiring
from tests.alert_rules.rule_files import RULES, label_sets
from tests.conftest import ROOT, STACKS, stack_settings
from tests.engine.alert_rules.routing import AMLINT, config_of, labelled, of, run

every_stack = pytest.mark.parametrize("stack", STACKS)


def receivers_of(labels):
    """Return the expected receivers; the pager's receiver also posts to the critical channel."""
    if labels["alertname"] == "AlertingHeartbeat":
        return ["heartbeat"]
    channel = [f"slack-{labels['slack_channel']}"]
    if labels["severity"] != "critical":
        return channel
    return ["pager", *(name for name in channel if name != "slack-critical")]


def own_label_sets(stack):
    declared = {
        rule["alert"]
        for groups in wiring.alert_rules(stack_settings(stack))["files"].values()
        for group in groups
        for rule in group["rules"]
        if "alert" in rule
    }
    return [
        labels
        for alert, rule in RULES.items()
        for labels in label_sets(rule)
        if alert in declared and labels["stack"] == stack
    ]


@every_stack
def test_alertmanager_accepts_the_configuration(amtool, config_file, stack):
    done = run(amtool, "check-config", config_file(config_of(stack)))

    assert done.returncode == 0, done.stdout


@every_stack
def test_the_linter_finds_no_problem(config_file, stack):
    rules = ["--rules", str(ROOT / "alert_rules/*.yaml")]
    # Both sides of an inhibition have our labels, and alerts of others notify nobody.
    meant = ["--ignore", "inhibit-same-match,empty-receiver"]

    done = run(AMLINT, "check", "--strict", config_file(config_of(stack)), *rules, *meant)

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
    assert {name for names in reached.values() for name in names} == declared - {"nobody"}


@every_stack
def test_one_receiver_pages_and_every_receiver_of_people_sends_resolved(stack):
    receivers = [r for r in config_of(stack)["receivers"] if r["name"] != "heartbeat"]
    ways = [way for r in receivers for kind, ways in r.items() if kind != "name" for way in ways]

    assert [r["name"] for r in receivers if "pagerduty_configs" in r] == ["pager"]
    assert [len(r.get("pagerduty_configs", [])) for r in receivers] == [0, 1, 0, 0, 0, 0]
    assert [way["send_resolved"] for way in ways] == [True] * 6


FOREIGN = {
    "critical": {"alertname": "KubeletDown", "severity": "critical", "stack": "prod"},
    "always firing": {"alertname": "Watchdog", "severity": "none", "stack": "prod"},
    "for inhibition only": {"alertname": "InfoInhibitor", "severity": "none"},
    "of a channel": {"alertname": "Other", "slack_channel": "critical", "severity": "critical"},
    "of another stack": of("ServiceUnavailable", "payment-service", "staging"),
}


@pytest.mark.parametrize("alert", sorted(FOREIGN))
def test_an_alert_of_another_source_notifies_nobody(amtool, config_file, alert):
    path = config_file(config_of("prod"))
    labels = labelled(FOREIGN[alert])

    reported = run(amtool, "config", "routes", "test", f"--config.file={path}", *labels)

    assert reported.stdout.strip() == "nobody"


@pytest.mark.parametrize(
    ("labels", "receiver"),
    [({}, "slack-engineering"), ({"severity": "critical"}, "pager")],
)
def test_an_alert_of_ours_without_a_channel_reaches_the_default_channel(
    amtool, config_file, labels, receiver
):
    path = config_file(config_of("prod"))
    ours = labelled({"platform": "waqiti", "stack": "prod"} | labels)

    reported = run(amtool, "config", "routes", "test", f"--config.file={path}", *ours)

    assert reported.stdout.strip() == receiver


def test_one_incident_is_one_alert_of_one_service_in_one_stack_and_one_verification():
    labels = ["alertname", "service", "stack", "verification_id"]

    assert config_of("prod")["route"]["group_by"] == labels


@pytest.mark.parametrize(
    ("fault", "finding"),
    [
        ({"receiver": "pager"}, "shadowed-route"),
        ({"receiver": "somebody", "matchers": ['team="legal"']}, "undefined-receiver"),
    ],
)
def test_the_linter_detects_an_unreachable_route(config_file, fault, finding):
    config = config_of("prod")
    config["route"]["routes"].insert(0, fault)

    done = run(AMLINT, "check", "--strict", config_file(config))

    assert done.returncode != 0
    assert finding in done.stdout or "unreachable-route" in done.stdout
