"""AlertingSecrets writes the key as a secret, and tells services where it is."""

import json

import pulumi

from components import AlertingSecrets, AlertingSecretsArgs
from settings import AlertingSettings

SECRET = "1b47061264138c4ac30d75fd1eb44270"  # noqa: S105 - the engine's mark of a secret
MARK = "4dabf18193072939515e22adb298388d"


def declared(deploy, *, slack_enabled=True):
    made = []

    def program():
        args = AlertingSecretsArgs(
            mount="secret",
            integration_key=pulumi.Output.secret("the key"),
            alerting=AlertingSettings(pagerduty_enabled=True, slack_enabled=slack_enabled),
        )
        made.append(AlertingSecrets("alerting", args))

    return deploy(program), made[0].environment


def test_the_key_is_a_secret_on_its_way_to_vault(deploy):
    plan, _ = declared(deploy)

    inputs = plan.of_type("vault:kv/secretV2:SecretV2")["alerting-pagerduty"]
    assert {name: inputs[name] for name in ("mount", "name")} == {
        "mount": "secret",
        "name": "alerting/pagerduty",
    }
    assert inputs["dataJson"][MARK] == SECRET
    assert json.loads(inputs["dataJson"]["value"]) == {"integration_key": "the key"}


def test_every_variable_has_its_value_or_its_reference_in_each_form(deploy):
    _, environment = declared(deploy, slack_enabled=False)

    def webhook(channel):
        return {
            "kv_v1": f"${{vault:secret/alerting/slack#{channel}_webhook}}",
            "kv_v2": f"${{vault:secret/data/alerting/slack#{channel}_webhook}}",
            "kubernetes": {"secretKeyRef": {"name": "alerting-slack", "key": f"{channel}_webhook"}},
        }

    assert environment == {
        "PAGERDUTY_ENABLED": {"value": "true"},
        "SLACK_ENABLED": {"value": "false"},
        "PAGERDUTY_INTEGRATION_KEY": {
            "kv_v1": "${vault:secret/alerting/pagerduty#integration_key}",
            "kv_v2": "${vault:secret/data/alerting/pagerduty#integration_key}",
            "kubernetes": {
                "secretKeyRef": {"name": "alerting-pagerduty", "key": "integration_key"}
            },
        },
        "SLACK_WEBHOOK_CRITICAL": webhook("critical"),
        "SLACK_WEBHOOK_FRAUD": webhook("fraud"),
        "SLACK_WEBHOOK_COMPLIANCE": webhook("compliance"),
        "SLACK_WEBHOOK_ENGINEERING": webhook("engineering"),
    }
