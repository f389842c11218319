"""Every secret is declared once; variables and references are derived from it."""

import pytest

from catalog.channels import read_channels
from catalog.problems import load
from catalog.secrets import (
    operator_provided,
    read_by,
    read_secrets,
    runbook_table,
    service_secrets,
    service_variables,
)
from catalog.vendors import read_vendors
from tests.conftest import ROOT

SECRETS = load(lambda found: read_secrets(found, read_channels(found)))
WEBHOOKS = ("critical_webhook", "fraud_webhook", "compliance_webhook", "engineering_webhook")
S3 = ("encryption-keys", "signing-keys", "access-key-id", "secret-access-key")
AZURE = ("encryption-keys", "signing-keys", "sas-token")


@pytest.mark.parametrize(("backup", "keys"), [("s3", S3), ("azure_blob", AZURE)])
def test_an_operator_provides_webhooks_and_the_keys_of_the_backup(backup, keys):
    assert operator_provided(SECRETS, backup) == {
        "alerting/slack": WEBHOOKS,
        "legal-documents/backup": keys,
        "legal-documents/officer": keys,
        "audit-reconciliation/kafka": ("kafka-identity", "kafka-credential"),
    }


def test_the_address_of_the_heartbeat_is_provided_only_where_there_is_one():
    with_it = operator_provided(SECRETS, "s3", heartbeat=True)

    without = operator_provided(SECRETS, "s3")
    assert with_it == without | {"alerting/heartbeat": ("heartbeat_url",)}


def test_alertmanager_gets_the_integration_key_and_the_webhooks():
    assert read_by(SECRETS, "alertmanager", "s3") == {
        "alerting/heartbeat": ("heartbeat_url",),
        "alerting/pagerduty": ("integration_key",),
        "alerting/slack": WEBHOOKS,
    }


def test_services_have_one_variable_per_secret():
    assert service_variables(SECRETS) == {
        "PAGERDUTY_INTEGRATION_KEY": ("alerting/pagerduty", "integration_key"),
        "SLACK_WEBHOOK_CRITICAL": ("alerting/slack", "critical_webhook"),
        "SLACK_WEBHOOK_FRAUD": ("alerting/slack", "fraud_webhook"),
        "SLACK_WEBHOOK_COMPLIANCE": ("alerting/slack", "compliance_webhook"),
        "SLACK_WEBHOOK_ENGINEERING": ("alerting/slack", "engineering_webhook"),
    }


def test_the_runbook_has_the_secrets_of_the_catalog():
    secrets = {**SECRETS, **service_secrets({}, load(read_vendors))}

    assert runbook_table(secrets) in (ROOT / "runbooks/vault-secrets.md").read_text()
