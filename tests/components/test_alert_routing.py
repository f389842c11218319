"""AlertRouting declares a configuration without a secret, and the Secret that is made of it."""

import json
import re

import pytest

from components import AlertRouting, AlertRoutingArgs
from components.alert_routing import alertmanager_config, as_yaml
from components.alerting_secrets import alerting_environment
from settings import AlertingSettings, PagerDutySettings
from tests.components.test_alert_rules import MONITORING

PAGER = PagerDutySettings.model_validate(
    {
        "service_region": "us",
        "service_name": "Waqiti Staging",
        "escalation": [{"start_minutes": 0, "schedule": "PSONCAL"}],
        "last_level_minutes": 15,
        "loops": 2,
        "acknowledgement_timeout_minutes": 30,
        "key_generation": 1,
    }
)
SECRET_FILES = {
    "integration_key": "alerting/pagerduty",
    "critical_webhook": "alerting/slack",
    "fraud_webhook": "alerting/slack",
    "compliance_webhook": "alerting/slack",
    "engineering_webhook": "alerting/slack",
}


@pytest.fixture
def plan(deploy):
    args = AlertRoutingArgs(monitoring=MONITORING, account=PAGER, messages="{{ a }}")
    return deploy(lambda: AlertRouting("routing", args))


def test_one_object_has_the_configuration_and_names_the_secrets(plan):
    assert plan.of_type("kubernetes:external-secrets.io/v1:ExternalSecret") == {
        "routing-configuration": {
            "apiVersion": "external-secrets.io/v1",
            "kind": "ExternalSecret",
            "metadata": {
                "name": "alertmanager-main",
                "namespace": "monitoring",
                "annotations": {
                    "pulumi.com/waitFor": "condition=Ready",
                    "pulumi.com/timeoutSeconds": "60",
                },
            },
            "spec": {
                "refreshInterval": "5m",
                "secretStoreRef": {"kind": "ClusterSecretStore", "name": "vault"},
                "target": {
                    "name": "alertmanager-main",
                    "creationPolicy": "Owner",
                    "template": {
                        "engineVersion": "v2",
                        "data": {
                            "alertmanager.yaml": as_yaml(alertmanager_config(MONITORING, PAGER)),
                            "messages.tmpl": '{{ "{{" }} a {{ "}}" }}',
                            "integration_key": "{{ .integration_key }}",
                            "critical_webhook": "{{ .critical_webhook }}",
                            "fraud_webhook": "{{ .fraud_webhook }}",
                            "compliance_webhook": "{{ .compliance_webhook }}",
                            "engineering_webhook": "{{ .engineering_webhook }}",
                        },
                    },
                },
                "data": [
                    {"secretKey": key, "remoteRef": {"key": path, "property": key}}
                    for key, path in SECRET_FILES.items()
                ],
            },
        }
    }


def test_the_configuration_reads_what_the_secret_has_and_nothing_else():
    text = json.dumps(alertmanager_config(MONITORING, PAGER))

    read = re.findall('/etc/alertmanager/([^"]+)', text)
    assert {path.rpartition("/")[0] for path in read} == {"secrets/alertmanager-main"}
    assert {path.rpartition("/")[2] for path in read} == {*SECRET_FILES, "messages.tmpl"}


def test_services_and_alertmanager_read_the_same_secrets():
    on = AlertingSettings(pagerduty_enabled=True, slack_enabled=True)

    references = {
        entry["kv_v1"] for entry in alerting_environment("secret", on).values() if "kv_v1" in entry
    }
    assert references == {f"${{vault:secret/{path}#{key}}}" for key, path in SECRET_FILES.items()}


def test_the_configuration_is_shown_as_it_is():
    """Without braces nothing in it is escaped, so a preview shows what Alertmanager reads."""
    assert "{{" not in as_yaml(alertmanager_config(MONITORING, PAGER))


@pytest.mark.parametrize(
    ("region", "stand_in", "url"),
    [
        ("us", None, "https://events.pagerduty.com/v2/enqueue"),
        ("eu", None, "https://events.eu.pagerduty.com/v2/enqueue"),
        ("eu", "http://127.0.0.1:1", "http://127.0.0.1:1/v2/enqueue"),
    ],
)
def test_the_pager_is_asked_where_its_account_is(region, stand_in, url):
    account = PAGER.model_copy(update={"service_region": region, "api_url": stand_in})

    pager = alertmanager_config(MONITORING, account)["receivers"][0]

    assert pager["pagerduty_configs"] == [
        {
            "url": url,
            "routing_key_file": "/etc/alertmanager/secrets/alertmanager-main/integration_key",
            "severity": "critical",
            "send_resolved": True,
        }
    ]
    assert pager["slack_configs"] == [
        {
            "api_url_file": "/etc/alertmanager/secrets/alertmanager-main/critical_webhook",
            "channel": "#waqiti-staging-critical",
            "send_resolved": True,
        }
    ]
