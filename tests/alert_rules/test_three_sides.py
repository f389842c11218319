"""
The cases of every alert have three sides: it fires, it stays silent, and nothing foreign hides it.

Foreign is a series of the same name in another namespace, such as a healthy copy of the service.
"""

import promql_parser as promql
import pytest

from authoring import promql as tree
from tests.alert_rules.rule_files import MODELS, RULES, promtool_tests

STEM_OF = {rule.alert: stem for stem, model in MODELS.items() for rule in model.rules}


def checks(alert):
    """Yield every check of an alert with the series of its case."""
    for case in promtool_tests(STEM_OF[alert]):
        series = [promql.parse(each["series"]) for each in case["input_series"]]
        for check in case["alert_rule_test"]:
            if check["alertname"] == alert:
                yield check, series


def foreign(series):
    return {
        each.name
        for each in series
        for matcher in each.matchers.matchers
        if (matcher.name, matcher.value) == ("namespace", "elsewhere")
    }


# It reads no series, and is never silent.
SILENT = RULES.keys() - {"AlertingHeartbeat"}


@pytest.mark.parametrize("alert", sorted(SILENT))
def test_an_alert_has_a_case_in_which_it_fires_and_one_in_which_it_is_silent(alert):
    assert {bool(check.get("exp_alerts")) for check, _ in checks(alert)} == {True, False}


@pytest.mark.parametrize("alert", sorted(RULES))
def test_an_alert_has_a_case_in_which_it_fires_beside_foreign_series_of_all_its_metrics(alert):
    read = {metric for metric, _ in tree.selectors(promql.parse(RULES[alert].expr))}
    beside = [foreign(series) for check, series in checks(alert) if check.get("exp_alerts")]

    assert [found for found in beside if found >= read] != []
