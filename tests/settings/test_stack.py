"""The environment of a stack decides what must hold; its name is the company's."""

import json

import pytest

from settings import InvalidSettingsError, load_settings
from settings.stack import Sections
from tests.conftest import stack_config


def config_of(stack, **kafka):
    config = stack_config(stack)
    config["waqiti:kafka"] |= kafka
    return {key: json.dumps(value) for key, value in config.items()}


def refusal(stack, config):
    with pytest.raises(InvalidSettingsError) as caught:
        load_settings(stack, config)
    return str(caught.value).splitlines()


def test_a_stack_has_any_name():
    settings = load_settings("prod-eu", config_of("prod"))

    assert (settings.stack, settings.environment, settings.protect) == ("prod-eu", "prod", True)


def test_the_environment_and_not_the_name_decides_what_must_hold():
    config = config_of("prod", replication_factor=2)

    assert refusal("payments-eu", config) == [
        "Pulumi.payments-eu.yaml is not valid:",
        (
            "  kafka.replication_factor: prod needs at least 3 copies of every partition: raise it "
            "(got 2)"
        ),
    ]


def test_an_unknown_environment_is_refused():
    config = config_of("staging") | {"waqiti:environment": "stagin"}

    assert refusal("staging", config) == [
        "Pulumi.staging.yaml is not valid:",
        "  environment: unknown value: use 'local', 'staging' or 'prod' (got 'stagin')",
    ]


@pytest.mark.parametrize("stack", ["prod", "production"])
def test_a_stack_called_prod_has_the_environment_prod(stack):
    assert refusal(stack, config_of("staging")) == [
        f"Pulumi.{stack}.yaml is not valid:",
        (
            f"  environment: the stack {stack} must be prod: write prod, or use another name for "
            "the stack (got 'staging')"
        ),
    ]


def test_a_stack_without_a_file_is_refused():
    assert refusal("qa", {}) == [
        "Pulumi.qa.yaml is not valid:",
        *(f"  {section}: missing: add it" for section in Sections.model_fields),
    ]


def test_pulumi_authenticates_to_kafka_by_its_certificate_alone():
    with_certificate = load_settings("prod", config_of("prod", sasl_mechanism="none"))
    with_user = load_settings("prod", config_of("prod"))

    assert with_certificate.kafka.mechanism is None
    assert with_user.kafka.mechanism == "scram-sha512"


def test_a_certificate_without_tls_is_refused():
    config = config_of("staging", sasl_mechanism="none", tls_enabled=False)

    assert refusal("staging", config) == [
        "Pulumi.staging.yaml is not valid:",
        (
            "  kafka.sasl_mechanism: without SASL, Pulumi needs a certificate: set tls_enabled to "
            "true (got 'none')"
        ),
    ]
