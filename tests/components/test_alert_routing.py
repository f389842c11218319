"""AlertRouting declares a configuration without a secret, and the Secret that is made of it."""

import json
import re

import pytest
import yaml

from components import AlertRouting, AlertRoutingArgs
from components.alert_routing import alertmanager_config
from components.alerting_secrets import alerting_environment
from settings import AlertingSettings
from tests.components.test_alert_rules import MONITORING

SECRET_FILES = {
    "integration_key": "alerting/pagerduty",
    "critical_webhook": "alerting/slack",
    "fraud_webhook": "alerting/slack",
    "compliance_webhook": "alerting/slack",
    "engineering_webhook": "alerting/slack",
}


@pytest.fixture
def plan(deploy):
    args = AlertRoutingArgs(monitoring=MONITORING, service_region="us", messages="{{ a }}")
    return deploy(lambda: AlertRouting("routing", args))


def test_the_config_map_holds_the_configuration_and_the_messages(plan):
    assert plan.of_type("kubernetes:core/v1:ConfigMap")["routing-config"]["metadata"] == {
        "name": "alertmanager-routing",
        "namespace": "monitoring",
    }
    data = plan.of_type("kubernetes:core/v1:ConfigMap")["routing-config"]["data"]
    assert sorted(data) == ["alertmanager.yaml", "messages.tmpl"]
    assert yaml.safe_load(data["alertmanager.yaml"]) == alertmanager_config(MONITORING, "us")
    assert data["messages.tmpl"] == "{{ a }}"


def test_the_secret_is_the_configuration_and_what_it_reads(plan):
    assert plan.of_type("kubernetes:external-secrets.io/v1:ExternalSecret") == {
        "routing-secrets": {
            "apiVersion": "external-secrets.io/v1",
            "kind": "ExternalSecret",
            "metadata": {"name": "alertmanager-routing", "namespace": "monitoring"},
            "spec": {
                "refreshInterval": "5m",
                "secretStoreRef": {"kind": "ClusterSecretStore", "name": "vault"},
                "target": {
                    "name": "alertmanager-routing",
                    "creationPolicy": "Owner",
                    "template": {
                        "engineVersion": "v2",
                        "mergePolicy": "Merge",
                        "templateFrom": [
                            {
                                "target": "Data",
                                "configMap": {
                                    "name": "alertmanager-routing",
                                    "items": [{"key": "alertmanager.yaml", "templateAs": "Values"}],
                                },
                            }
                        ],
                    },
                },
                "data": [
                    {"secretKey": key, "remoteRef": {"key": path, "property": key}}
                    for key, path in SECRET_FILES.items()
                ],
            },
        }
    }


def test_every_secret_that_the_configuration_reads_is_brought_and_no_other():
    text = json.dumps(alertmanager_config(MONITORING, "us"))

    assert set(re.findall("/etc/alertmanager/config/([a-z_]+)", text)) == SECRET_FILES.keys()


def test_services_and_alertmanager_read_the_same_secrets():
    on = AlertingSettings(pagerduty_enabled=True, slack_enabled=True)

    references = {
        entry["kv_v1"] for entry in alerting_environment("secret", on).values() if "kv_v1" in entry
    }
    assert references == {f"${{vault:secret/{path}#{key}}}" for key, path in SECRET_FILES.items()}


def test_external_secrets_finds_no_template_of_its_own_in_the_configuration(plan):
    data = plan.of_type("kubernetes:core/v1:ConfigMap")["routing-config"]["data"]

    assert "{{" not in data["alertmanager.yaml"]


@pytest.mark.parametrize(
    ("region", "stand_in", "url"),
    [
        ("us", None, "https://events.pagerduty.com/v2/enqueue"),
        ("eu", None, "https://events.eu.pagerduty.com/v2/enqueue"),
        ("eu", "http://127.0.0.1:1/v2/enqueue", "http://127.0.0.1:1/v2/enqueue"),
    ],
)
def test_the_pager_is_asked_where_its_account_is(region, stand_in, url):
    monitoring = MONITORING.model_copy(update={"pagerduty_events_url": stand_in})

    pager = alertmanager_config(monitoring, region)["receivers"][0]

    assert pager["pagerduty_configs"] == [
        {
            "url": url,
            "routing_key_file": "/etc/alertmanager/config/integration_key",
            "severity": "critical",
            "send_resolved": True,
        }
    ]
    assert pager["slack_configs"] == [
        {
            "api_url_file": "/etc/alertmanager/config/critical_webhook",
            "channel": "#waqiti-staging-critical",
            "send_resolved": True,
        }
    ]
