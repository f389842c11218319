"""A rule file that nobody could act upon is refused, with its place and what to do."""

import json
import shutil

import pytest

from catalog.rules import SEV
from settings.problems import Problems
from settings.rule_files import read_messages, read_rules
from tests.alerts.rule_files import FILES, MODELS
from tests.conftest import ROOT


@pytest.fixture
def folder(tmp_path):
    shutil.copytree(ROOT / "alert_rules", tmp_path / "alert_rules")
    shutil.copytree(ROOT / "runbooks", tmp_path / "runbooks")
    return tmp_path / "alert_rules"


def told(folder):
    found = Problems()
    read_rules(folder, found)
    return found.told().splitlines()


def change(folder, old, new, file="payment-saga"):
    path = folder / f"{file}.yaml"
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))


def test_the_files_as_they_are_have_no_fault(folder):
    assert told(folder) == []


UNCLOSED = FILES["payment-saga"]["groups"][0]["rules"][0]["expr"].replace(") > 0.01\n", "")
REFUSALS = {
    "an unknown severity": (
        "severity: critical",
        "severity: high",
        ("labels.severity: Input should be 'critical', 'warning' or 'info' (got 'high')"),
    ),
    "a missing label": ("          team: engineering\n", "", "labels.team: missing: add it"),
    "an unknown label": (
        "team: engineering",
        "team: engineering\n          colour: red",
        "labels.colour: unknown key: remove it or correct its name (got 'red')",
    ),
    "a channel that nobody reads": (
        "slack_channel: critical",
        "slack_channel: general",
        (
            "labels.slack_channel: Input should be 'critical', 'fraud', 'compliance' or "
            "'engineering' (got 'general')"
        ),
    ),
    "an alert without a runbook": (
        "SagaCompensationRateHigh",
        "SagaRateHigh",
        (
            "alert: nobody would know what to do: write runbooks/SagaRateHigh.md "
            "(got 'SagaRateHigh')"
        ),
    ),
    "a runbook address of its own": (
        "summary: SAGA",
        "runbook_url: https://x\n          summary: SAGA",
        "annotations.runbook_url: unknown key: remove it or correct its name (got 'https://x')",
    ),
    "an expression that is none": (
        "          ) > 0.01\n",
        "",
        (
            "expr: Prometheus would refuse this expression: unclosed left parenthesis (got "
            f"{UNCLOSED!r})"
        ),
    ),
    "no wait stated": ("        for: 5m\n", "", "for: missing: add it"),
}


@pytest.mark.parametrize("fault", sorted(REFUSALS))
def test_a_faulty_rule_is_refused_in_one_sentence(folder, fault):
    old, new, sentence = REFUSALS[fault]
    change(folder, old, new)

    assert told(folder) == [
        "alert_rules/payment-saga.yaml is not valid:",
        f"  groups.0.rules.0.{sentence}",
    ]


def test_two_alerts_of_one_name_are_refused(folder):
    change(folder, "SagaMetricAbsent", "IdorAttempts")

    assert told(folder) == [
        "alert_rules/services.yaml is not valid:",
        "  IdorAttempts: alert_rules/payment-saga.yaml has it too: rename one",
    ]


def test_an_empty_group_is_refused(folder):
    (folder / "payment-saga.yaml").write_text("groups: [{name: saga, interval: 15s, rules: []}]")

    assert told(folder)[1].startswith(
        "  (whole file): a file has groups, and each group has rules: remove what is empty"
    )


def test_a_file_that_is_no_yaml_is_one_sentence(folder):
    (folder / "payment-saga.yaml").write_text("a: [")

    assert told(folder)[0] == "alert_rules/payment-saga.yaml is not valid:"
    assert told(folder)[1].startswith("  this is not YAML: while parsing a flow node")


def test_missing_messages_are_one_sentence(tmp_path):
    found = Problems()

    assert read_messages(tmp_path, found) == ""
    assert found.told().splitlines()[1] == "  missing: nobody would be told of a runbook"


@pytest.mark.parametrize("stem", sorted(MODELS))
def test_the_model_is_the_file_and_nothing_is_lost(stem):
    assert json.loads(MODELS[stem].model_dump_json(by_alias=True)) == FILES[stem]


def test_the_three_severities_are_the_checklist_s_three_levels():
    assert SEV == {"critical": "SEV1", "warning": "SEV2", "info": "SEV3"}
