"""The services are the checklist's and examples; their users and secrets are derived."""

from catalog.problems import load
from catalog.secrets import service_secrets
from catalog.services import read_services, usernames
from catalog.vendors import read_vendors

VENDORS = load(read_vendors)
SERVICES = load(lambda found: read_services(found, VENDORS))
CHECKLIST = {
    *("transaction-service", "payment-service", "config-service", "encryption-audit-service"),
    *("audit-query-service", "pagerduty-alert-service", "slack-alert-service"),
    *("unified-alerting-service", "legal-document-generation-service"),
    *("legal-order-assignment-service", "compliance-notification-service"),
    *("compliance-data-encryption-service", "subpoena-processing-service"),
    "payment-saga-orchestrator",
}


def test_the_checklist_s_names_come_first_and_there_are_108():
    assert set(list(SERVICES)[: len(CHECKLIST)]) == CHECKLIST
    assert len(SERVICES) == 108


def test_a_database_user_is_named_by_the_checklist_s_example():
    names = usernames(SERVICES)

    assert names["transaction-service"] == "transaction_svc"
    assert names["audit-query-service"] == "audit_query_svc"
    assert names["payment-saga-orchestrator"] == "payment_saga_orchestrator_svc"
    assert len(set(names.values())) == 108


def test_each_service_has_its_own_secrets_and_each_vendor_one():
    secrets = service_secrets(SERVICES, VENDORS)

    assert len(secrets) == 108 + 108 + 6
    assert {
        path: (secrets[path].provider, secrets[path].keys)
        for path in ("redis/payment-service", "database/payment-service", "external/plaid")
    } == {
        "redis/payment-service": ("vault", ("password",)),
        "database/payment-service": ("vault", ("username", "password")),
        "external/plaid": ("operator", ("client_id", "secret")),
    }


def test_a_service_without_a_user_has_no_secret_there():
    few = {"a-service": SERVICES["payment-service"].model_copy(update={"redis": False})}

    assert list(service_secrets(few, {})) == ["database/a-service"]
