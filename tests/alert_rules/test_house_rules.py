"""Every expression follows the house rules, which go beyond promtool's checks."""

import re

import promql_parser as promql
import pytest

from authoring import promql as tree
from tests.alert_rules.house import faults
from tests.alert_rules.rule_files import CATALOG, PATHS, RULES

EXPRESSIONS = {name: rule.expr for name, rule in RULES.items()} | {
    f"{name}.{part}": spelling
    for name, sli in CATALOG.slis.items()
    for part in ("expr", "events", "bad_events")
    if (spelling := getattr(sli, part)) is not None
}
SPELLINGS = {tree.spelled(text) for name, text in EXPRESSIONS.items() if "." in name}


@pytest.mark.parametrize("name", sorted(EXPRESSIONS))
def test_every_expression_follows_the_house_rules(name):
    assert faults(EXPRESSIONS[name]) == []


FAULTY = {
    "max(probe_success) > 0": ['probe_success is read outside of namespace="waqiti"'],
    'max(probe_success{namespace=~"waqiti.*"}) > 0': [
        'probe_success is read outside of namespace="waqiti"'
    ],
    'max(kube_cronjob_created{namespace="waqiti"}) > 0': [
        'kube_cronjob_created is read outside of namespace="legal"'
    ],
    "alert_delivery_seconds > 5": ["alert_delivery_seconds is not in the catalog"],
    "saga_compensation_rate > 0.01": ["saga_compensation_rate is not in the catalog"],
    'increase(payment_sagas_total{namespace="waqiti"}[5m]) > 5': [
        "compared before it is aggregated",
        "reported as it is scraped, once for each target",
    ],
    'sum(payment_sagas_total{namespace="waqiti"}) > 5': [
        "payment_sagas_total is a counter, and not read by its growth"
    ],
    'sum(alert_delivery_seconds_sum{namespace="waqiti"}) > 5': [
        "alert_delivery_seconds_sum is a counter, and not read by its growth"
    ],
    'sum(deriv(payment_sagas_total{namespace="waqiti"}[5m])) > 5': [
        "payment_sagas_total is a counter, and not read by its growth"
    ],
    'sum(rate(probe_success{namespace="waqiti"}[5m])) > 5': [
        "probe_success is a gauge, and has no growth"
    ],
    'sum(rate(payment_sagas_total{namespace="waqiti", outcome="compensate"}[5m])) > 5': [
        'payment_sagas_total has no outcome="compensate"'
    ],
    'min(probe_success{namespace="waqiti", le="5"}) < 1': ['probe_success has no le="5"'],
    'sum by (service) (rate(payment_sagas_total{namespace="waqiti"}[5m])) > 5': [
        "payment_sagas_total has no label service"
    ],
    'min(probe_success{namespace="waqiti"}) < probe_success{namespace="waqiti"}': [
        "compared before it is aggregated",
        "reported as it is scraped, once for each target",
    ],
}


@pytest.mark.parametrize("text", FAULTY)
def test_a_faulty_expression_is_reported(text):
    assert faults(text) == FAULTY[text]


@pytest.mark.parametrize("name", sorted(RULES))
def test_no_rule_repeats_an_expression_of_the_catalog_in_another_form(name):
    """Rules about absence are exempt: no gate and no panel checks whether a series exists."""
    if name.endswith("Absent"):
        return

    assert list(_unspelled(promql.parse(RULES[name].expr))) == []


def test_another_form_of_a_catalog_expression_is_reported():
    longer = RULES["SagaCompensationRateHigh"].expr.replace("[5m]", "[10m]")

    assert set(_unspelled(promql.parse(longer))) == {"payment_sagas_total"}


def _unspelled(expr):
    if tree.bare(expr).prettify() in SPELLINGS:
        return
    if isinstance(expr, promql.VectorSelector):
        yield expr.name
    for child in tree.children(expr):
        yield from _unspelled(child)


BOUNDS = [
    (name, kind, bound)
    for name, sli in CATALOG.slis.items()
    for kind in ("gate", "rollback")
    if (bound := getattr(sli, kind)) is not None
]


@pytest.mark.parametrize(("name", "kind", "bound"), BOUNDS)
def test_every_gate_and_every_rollback_criterion_has_an_alert_at_the_same_number(name, kind, bound):
    """The gate and the alert use the same number; only their windows may differ."""
    stem = re.sub("_[0-9]+[mhd]$", "", name)
    questions = {
        tree.spelled(sli.expr)
        for other, sli in CATALOG.slis.items()
        if re.sub("_[0-9]+[mhd]$", "", other) == stem
    }
    wanted = ">" if (bound.above is None) == (kind == "gate") else "<"
    number = bound.above if bound.below is None else bound.below
    reported = [
        rule.for_
        for rule in RULES.values()
        for comparison in tree.comparisons(promql.parse(rule.expr))
        if tree.bare(comparison.lhs).prettify() in questions
        and str(comparison.op) == wanted
        and isinstance(comparison.rhs, promql.NumberLiteral)
        and comparison.rhs.val == number
    ]

    assert reported
    assert kind == "gate" or bound.for_ in reported


# They are absent until the first run, and `kube_cronjob_created` stands in for them in every rule.
AFTER_THE_FIRST_RUN = {
    "kube_cronjob_status_last_schedule_time",
    "kube_cronjob_status_last_successful_time",
}
ABSENCES = {name: rule for name, rule in RULES.items() if name.endswith("Absent")}


def test_every_rule_that_reads_a_metric_has_a_partner_for_its_absence():
    read = {
        metric
        for name, rule in RULES.items()
        if name not in ABSENCES
        for metric, _ in tree.selectors(promql.parse(rule.expr))
    }
    watched = {
        metric
        for rule in ABSENCES.values()
        for metric, _ in tree.selectors(promql.parse(rule.expr))
    }

    assert read - AFTER_THE_FIRST_RUN == watched


def test_the_absence_of_a_service_s_metric_is_an_alert_only_where_the_service_is_deployed():
    """`audit-reconciliation` is no service: it reports for the audit service."""
    limited = {}
    for name, rule in ABSENCES.items():
        expr = promql.parse(rule.expr)
        limited[name] = [
            [matcher.value for matcher in node.matchers.matchers]
            for node in tree.nodes(expr)
            if isinstance(node, promql.VectorSelector) and tree.is_recorded(node)
        ]

    assert limited == {
        "AlertDeliveryMetricAbsent": [["unified-alerting-service"]],
        "AuditReconciliationMetricAbsent": [["encryption-audit-service"]],
        "AuditRecordsMetricAbsent": [["encryption-audit-service"]],
        "EncryptionOperationsMetricAbsent": [["compliance-data-encryption-service"]],
        "IdorMetricAbsent": [["payment-service"]],
        "LegalBackupMetricAbsent": [],
        "LegalIntegrityCheckMetricAbsent": [],
        "LegalPdfMetricAbsent": [["legal-document-generation-service"]],
        "SagaMetricAbsent": [["payment-saga-orchestrator"]],
        "ServiceProbeAbsent": [[]],  # one alert for each deployed service
        "ServiceRequestMetricAbsent": [[]],
    }


def test_every_alert_has_a_comment_with_the_reason_for_its_threshold_and_duration():
    silent = []
    for path in PATHS:
        lines = path.read_text().splitlines()
        for number, line in enumerate(lines):
            if "- alert:" not in line:
                continue
            above = number - 1
            comment: list[str] = []
            while lines[above].lstrip().startswith("#"):
                comment.insert(0, lines[above])
                above -= 1
            if not re.search(r"[0-9]+ (m|h|s|%)", " ".join(comment)):
                silent.append(line.strip())

    assert silent == []
