"""AlertingSecrets writes values as secrets and returns the references to them."""

import json

import pytest

from components import AlertingSecrets, AlertingSecretsArgs, InvalidArgumentsError, SecretKeyArgs

SECRET = "1b47061264138c4ac30d75fd1eb44270"  # noqa: S105 - the engine's marker of a secret
KEY = SecretKeyArgs(path="alerting/pagerduty", key="integration_key")
MARK = "4dabf18193072939515e22adb298388d"


def declared(deploy):
    environments: list[dict[str, object]] = []

    def program():
        args = AlertingSecretsArgs(
            mount="secret",
            secrets={"alerting/pagerduty": {"integration_key": "the key"}},
            variables={"PAGERDUTY_INTEGRATION_KEY": KEY},
            switches={"SLACK_ENABLED": False},
        )
        AlertingSecrets("alerting", args).environment.apply(environments.append)

    return deploy(program), *environments


def test_the_key_is_a_secret_input_of_vault_s_resource(deploy):
    plan, _ = declared(deploy)

    inputs = plan.of_type("vault:kv/secretV2:SecretV2")["alerting-alerting-pagerduty"]
    assert {name: inputs[name] for name in ("mount", "name")} == {
        "mount": "secret",
        "name": "alerting/pagerduty",
    }
    assert inputs["dataJson"][MARK] == SECRET
    assert json.loads(inputs["dataJson"]["value"]) == {"integration_key": "the key"}


def test_every_variable_has_its_value_or_its_reference_in_each_form(deploy):
    _, environment = declared(deploy)

    assert environment == {
        "SLACK_ENABLED": {"value": "false"},
        "PAGERDUTY_INTEGRATION_KEY": {
            "kv_v1": "${vault:secret/alerting/pagerduty#integration_key}",
            "kv_v2": "${vault:secret/data/alerting/pagerduty#integration_key}",
            "kubernetes": {
                "secretKeyRef": {"name": "alerting-pagerduty", "key": "integration_key"}
            },
        },
    }


def test_an_invalid_vault_path_is_refused():
    with pytest.raises(InvalidArgumentsError) as refused:
        AlertingSecrets("alerting", {"mount": "secret", "secrets": {"/alerting": {}}})

    assert str(refused.value) == (
        "AlertingSecrets 'alerting' is not declared: secrets./alerting: '/alerting': pass a path "
        "without slashes at its ends; secrets./alerting: no key: pass at least one"
    )
