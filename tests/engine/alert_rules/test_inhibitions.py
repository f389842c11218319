"""
One outage is one page, and it hides nothing but symptoms.

A linter of Alertmanager's configurations answers which alert mutes which.
"""

import json

import pytest

from tests.alert_rules.rule_files import RULES
from tests.conftest import stack_settings
from tests.engine.alert_rules.routing import AMLINT, config_of, labelled, of, run


def inhibited(path, labels, firing):
    reported = run(
        AMLINT, "route", "--format=json", "--firing", ",".join(labelled(firing)), path,
        *labelled(labels),
    )  # fmt: skip
    return bool(json.loads(reported.stdout)["inhibited_by"])


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
    "an unavailable audit service and the gap in the audit trail": (
        ("ServiceUnavailable", "encryption-audit-service"),
        ("EncryptionAuditGap", "encryption-audit-service"),
        False,
    ),
    "an unavailable service and attempts on other users' objects": (
        ("ServiceUnavailable", "payment-service"),
        ("IdorAttempts", "payment-service"),
        False,
    ),
    "an unavailable service and its legal documents": (
        ("ServiceUnavailable", "legal-document-generation-service"),
        ("LegalPdfSuccessLow", "legal-document-generation-service"),
        False,
    ),
    "a gap and the reconciliation that finds it": (
        ("EncryptionAuditGap", "encryption-audit-service"),
        ("AuditReconciliationFoundGap", "encryption-audit-service"),
        False,
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


def test_an_unavailable_service_mutes_its_symptoms_and_nothing_else(config_file):
    path = config_file(config_of("prod"))
    muted = set()
    for alert, rule in RULES.items():
        service = rule.labels.service.replace("{{ $labels.service }}", "payment-service")
        if inhibited(path, of(alert, service), of("ServiceUnavailable", service)):
            muted.add(alert)

    assert muted == {*stack_settings("prod").inhibitions["ServiceUnavailable"]}


def test_a_probe_without_a_service_mutes_nothing(config_file):
    path = config_file(config_of("prod"))
    source, target = of("ServiceUnavailable", ""), of("ServiceErrorRateHigh", "")
    del source["service"], target["service"]

    assert not inhibited(path, target, source)


def test_a_foreign_alert_of_the_same_name_mutes_nothing(config_file):
    path = config_file(config_of("prod"))
    source = of("ServiceUnavailable", "payment-service")
    del source["platform"]

    assert not inhibited(path, of("ServiceErrorRateHigh", "payment-service"), source)


def test_an_outage_of_one_stack_mutes_nothing_of_another(config_file):
    path = config_file(config_of("prod"))
    source, target = "ServiceUnavailable", "ServiceErrorRateHigh"

    assert not inhibited(
        path, of(target, "payment-service", "staging"), of(source, "payment-service")
    )
