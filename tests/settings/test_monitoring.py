"""Invalid monitoring settings are refused with path and remedy."""

import json

import pytest

from settings import InvalidSettingsError, load_settings
from tests.conftest import STACKS, stack_config


def problems(stack, **change):
    config = stack_config(stack)
    config["waqiti:monitoring"] |= change
    try:
        load_settings(stack, {key: json.dumps(value) for key, value in config.items()})
    except InvalidSettingsError as error:
        return str(error).splitlines()
    return []


@pytest.mark.parametrize("stack", STACKS)
def test_every_stack_has_monitoring_settings(stack):
    assert problems(stack) == []


def test_staging_does_not_post_to_prod_s_channels():
    assert problems("staging", slack_channel_prefix="waqiti-") == [
        "Pulumi.staging.yaml is not valid:",
        (
            "  monitoring.slack_channel_prefix: only prod posts to these channels: use another "
            "prefix (got 'waqiti-')"
        ),
    ]
