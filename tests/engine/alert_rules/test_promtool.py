"""Every rule file is valid for promtool, and every alert is tested firing and silent."""

import copy
import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from tests.alert_rules.rule_files import FILES, MODELS, PATHS, RULES, promtool_tests
from tests.conftest import ROOT

TESTS = sorted((ROOT / "tests/alert_rules/promtool").glob("*_test.yaml"))


def run(*command, **options):
    return subprocess.run(
        [str(part) for part in command],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        **options,
    )


def test_every_rule_file_passes_promtool(promtool):
    done = run(promtool, "check", "rules", "--lint=all", "--lint-fatal", *PATHS)

    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("path", TESTS, ids=lambda path: path.stem)
def test_every_alert_fires_exactly_when_expected(promtool, path):
    done = run(promtool, "test", "rules", path)

    assert done.returncode == 0, done.stdout


def test_every_rule_file_has_a_test_file():
    assert [path.stem for path in TESTS] == [f"{path.stem}_test" for path in PATHS]


def test_every_firing_case_has_all_labels_and_annotations():
    stated = [
        (set(alert["exp_labels"]), set(alert["exp_annotations"]))
        for stem in MODELS
        for case in promtool_tests(stem)
        for check in case["alert_rule_test"]
        for alert in check.get("exp_alerts", [])
    ]
    least = {"severity", "team", "service", "slack_channel"}

    assert [labels for labels, _ in stated if not labels >= least] == []
    assert {frozenset(texts) for _, texts in stated} == {frozenset({"summary", "description"})}


WEAKER = {
    "no wait for a restart": ("encryption-audit", "for: 5m", "for: 2m"),
    "scrapes taken as simultaneous": ("encryption-audit", "* 2 * abs(", "* 0 * abs("),
    "a lost half per cent forgiven": ("encryption-audit", "> 0.0025", "> 0.006"),
    "no audits taken as no answer": ("encryption-audit", " or vector(0)", ""),
    "one slow alert is enough": ("alert-delivery", "> 2.5", "> 0"),
    "one compensation is enough": ("payment-saga", "> 2.5", "> 0"),
    "one failed probe is enough": ("services", "> 2.5", "> 0"),
    "a backup without a success forgotten": (
        "legal-documents",
        'or kube_cronjob_created{namespace="legal", cronjob="legal-documents-backup"}',
        "",
    ),
    "a service that does not run expected": (
        "encryption-audit",
        'and on ()\n          waqiti:service_deployed{service="encryption-audit-service"}',
        "",
    ),
    "no better moment needed": ("alert-delivery", "for: 15m", "for: 5m"),
    "failures of compensation forgotten": (
        "payment-saga",
        'outcome!="completed"',
        'outcome="compensated"',
    ),
}


SELECTIVE = [alert for alert, rule in RULES.items() if "namespace=" in rule.expr]


@pytest.mark.parametrize("alert", SELECTIVE)
def test_the_cases_detect_a_rule_that_also_reads_foreign_series(promtool, tmp_path, alert):
    """Without its selectors of the namespace, a copy of the service elsewhere hides a fault."""
    (stem,) = [stem for stem, model in MODELS.items() if alert in {r.alert for r in model.rules}]
    (group,) = [
        group | {"rules": [rule | {"expr": re.sub(r'namespace="[a-z]+",? ?', "", rule["expr"])}]}
        for group in FILES[stem]["groups"]
        for rule in group["rules"]
        if rule["alert"] == alert
    ]
    cases = write_cases(tmp_path, stem, yaml.safe_dump({"groups": [group]}))
    only_cases_of(alert, cases)

    done = run(promtool, "test", "rules", cases)

    assert done.returncode == 1
    assert f"alertname: {alert}, time:" in done.stdout


def only_cases_of(alert, path):
    cases = yaml.safe_load(path.read_text())
    for case in cases["tests"]:
        case["alert_rule_test"] = [
            check for check in case["alert_rule_test"] if check["alertname"] == alert
        ]
    cases["tests"] = [case for case in cases["tests"] if case["alert_rule_test"]]
    path.write_text(yaml.safe_dump(cases))


# The rules as the checklist has them; promtool finds no problem in any of them.
SOURCE = {
    "HighAlertDeliveryLatency": ("alert-delivery", "alert_delivery_seconds > 5"),
    "SagaCompensationRateHigh": ("payment-saga", "saga_compensation_rate > 0.01"),
    "EncryptionAuditGap": (
        "encryption-audit",
        "increase(encryption_operations_total[5m]) > increase(audit_records_total[5m])",
    ),
}


@pytest.mark.parametrize("alert", sorted(SOURCE))
def test_the_checklist_s_own_rule_is_silent_where_it_must_fire(promtool, tmp_path, alert):
    stem, expr = SOURCE[alert]
    rules = copy.deepcopy(FILES[stem])
    (rule,) = [r for g in rules["groups"] for r in g["rules"] if r["alert"] == alert]
    rule["expr"] = expr
    cases = write_cases(tmp_path, stem, yaml.safe_dump(rules))

    done = run(promtool, "test", "rules", cases)

    assert done.returncode == 1
    assert re.search(
        rf"alertname: {alert}, time: \w+,\s+exp:\[\s+0:.*?got:\[\]", done.stdout, re.DOTALL
    )


def write_cases(folder, stem, rules):
    (folder / "alert_rules").mkdir()
    (folder / f"alert_rules/{stem}.yaml").write_text(rules)
    cases = folder / "tests/alert_rules/promtool"
    cases.mkdir(parents=True)
    return Path(shutil.copy(ROOT / f"tests/alert_rules/promtool/{stem}_test.yaml", cases))


@pytest.mark.parametrize("change", sorted(WEAKER))
def test_the_cases_detect_a_weakened_rule(promtool, tmp_path, change):
    stem, strong, weak = WEAKER[change]
    rules = (ROOT / f"alert_rules/{stem}.yaml").read_text()
    assert strong in rules
    cases = write_cases(tmp_path, stem, rules.replace(strong, weak))

    done = run(promtool, "test", "rules", cases)

    assert done.returncode == 1
    assert "exp:" in done.stdout


def test_the_rules_in_the_cluster_are_valid_and_have_a_runbook_address(promtool, tmp_path):
    for stem, model in MODELS.items():
        applied = model.applied("https://git.example/runbooks")
        (tmp_path / f"{stem}.yaml").write_text(yaml.safe_dump(applied))

    done = run(promtool, "check", "rules", "--lint=all", "--lint-fatal", *tmp_path.glob("*.yaml"))

    assert done.returncode == 0, done.stdout
    assert done.stdout.count("https://") == 0
    assert len(RULES) == sum(len(model.rules) for model in MODELS.values())
