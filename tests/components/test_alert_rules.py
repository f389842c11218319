"""AlertRules declares one PrometheusRule for each file, under the label that Prometheus selects."""

from typing import Any

from catalog.rules import RuleFile
from components import AlertRules, AlertRulesArgs
from settings import MonitoringSettings

MONITORING = MonitoringSettings.model_validate(
    {
        "namespace": "monitoring",
        "release": "kps",
        "runbook_base_url": "https://git.example/runbooks",
        "slack_channel_prefix": "waqiti-staging-",
        "secret_store": "vault",
    }
)
RULE: dict[str, Any] = {
    "alert": "KitchenOnFire",
    "expr": "max(fire) > 0\n",
    "for": "1m",
    "labels": {
        "severity": "warning",
        "team": "engineering",
        "service": "{{ $labels.service }}",
        "slack_channel": "engineering",
    },
    "annotations": {"summary": "It burns here", "description": "Fire: {{ $value }}"},
}
GROUP: dict[str, Any] = {"name": "kitchen", "interval": "15s", "rules": [RULE]}


def declared(deploy):
    args = AlertRulesArgs(
        files={"food": RuleFile.model_validate({"groups": [GROUP]})}, monitoring=MONITORING
    )
    components = []
    plan = deploy(lambda: components.append(AlertRules("rules", args)))
    return components[0], plan.of_type("kubernetes:monitoring.coreos.com/v1:PrometheusRule")


def test_an_object_has_the_file_as_it_stands_and_what_is_derived(deploy):
    _, objects = declared(deploy)

    derived = {"runbook_url": "https://git.example/runbooks/KitchenOnFire.md", "sev": "SEV2"}
    applied = RULE | {"annotations": RULE["annotations"] | derived}
    assert objects == {
        "rules-food": {
            "apiVersion": "monitoring.coreos.com/v1",
            "kind": "PrometheusRule",
            "metadata": {
                "name": "waqiti-food",
                "namespace": "monitoring",
                "labels": {"release": "kps"},
            },
            "spec": {"groups": [GROUP | {"rules": [applied]}]},
        }
    }


def test_the_component_names_its_alerts(deploy):
    component, _ = declared(deploy)

    assert component.alert_names == ("KitchenOnFire",)
