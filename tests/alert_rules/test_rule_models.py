"""An incomplete rule file is refused with the position and the remedy."""

import json
import shutil

import pytest

from catalog.alert_rules import SEV, read_alert_rules, read_messages
from catalog.channels import read_channels
from catalog.problems import Problems
from tests.alert_rules.rule_files import FILES, MODELS
from tests.conftest import ROOT


@pytest.fixture
def folder(tmp_path):
    shutil.copytree(ROOT / "alert_rules", tmp_path / "alert_rules")
    shutil.copytree(ROOT / "runbooks", tmp_path / "runbooks")
    return tmp_path / "alert_rules"


def report(folder):
    found = Problems()
    read_alert_rules(found, read_channels(found), folder)
    return found.report().splitlines()


def change(folder, old, new, file="payment-saga"):
    path = folder / f"{file}.yaml"
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))


def test_the_real_files_are_valid(folder):
    assert report(folder) == []


UNCLOSED = FILES["payment-saga"]["groups"][0]["rules"][0]["expr"].replace(") > 0.01\n", "")
REFUSALS = {
    "an unknown severity": (
        "severity: critical",
        "severity: high",
        ("labels.severity: unknown value: use 'critical', 'warning' or 'info' (got 'high')"),
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
            "labels.slack_channel: not in catalog/channels.yaml: use one of critical, fraud, "
            "compliance, engineering (got 'general')"
        ),
    ),
    "an alert without a runbook": (
        "SagaCompensationRateHigh",
        "SagaRateHigh",
        ("alert: has no runbook: write runbooks/SagaRateHigh.md (got 'SagaRateHigh')"),
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
            "expr: not valid PromQL: unclosed left parenthesis: correct it (got "
            f"{repr(UNCLOSED)[:80]}…)"
        ),
    ),
    "no wait stated": ("        for: 5m\n", "", "for: missing: add it"),
}


@pytest.mark.parametrize("fault", sorted(REFUSALS))
def test_a_faulty_rule_is_refused_in_one_sentence(folder, fault):
    old, new, sentence = REFUSALS[fault]
    change(folder, old, new)

    assert report(folder) == [
        "alert_rules/payment-saga.yaml is not valid:",
        f"  groups.0.rules.0.{sentence}",
    ]


def test_two_alerts_with_one_name_are_refused(folder):
    change(folder, "SagaMetricAbsent", "IdorAttempts")

    assert report(folder) == [
        "alert_rules/services.yaml is not valid:",
        "  IdorAttempts: also in alert_rules/payment-saga.yaml: rename one",
    ]


def test_an_empty_group_is_refused(folder):
    (folder / "payment-saga.yaml").write_text("groups: [{name: saga, interval: 15s, rules: []}]")

    assert report(folder)[1].startswith(
        "  (whole file): a file needs groups, and each group needs rules: remove empty ones"
    )


def test_a_file_that_is_no_yaml_is_refused_in_one_sentence(folder):
    (folder / "payment-saga.yaml").write_text("a: [")

    assert report(folder)[0] == "alert_rules/payment-saga.yaml is not valid:"
    assert report(folder)[1].startswith("  not valid YAML: while parsing a flow node")


def test_a_missing_message_template_is_refused_in_one_sentence(tmp_path):
    found = Problems()

    assert read_messages(found, tmp_path) == ""
    assert (
        found.report().splitlines()[1] == "  cannot be read (No such file or directory): create it"
    )


@pytest.mark.parametrize("stem", sorted(MODELS))
def test_the_model_keeps_everything_of_the_file(stem):
    assert json.loads(MODELS[stem].model_dump_json(by_alias=True)) == FILES[stem]


def test_the_three_severities_are_the_checklist_s_three_levels():
    assert SEV == {"critical": "SEV1", "warning": "SEV2", "info": "SEV3"}
