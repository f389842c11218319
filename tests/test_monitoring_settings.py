"""What must hold of a stack's monitoring is refused with its path and remedy."""

import json

import pytest

from settings import InvalidSettingsError, load_settings
from tests.conftest import STACKS, stack_config


def told(stack, **change):
    config = stack_config(stack)
    config["waqiti:monitoring"] |= change
    try:
        load_settings(stack, {key: json.dumps(value) for key, value in config.items()})
    except InvalidSettingsError as problems:
        return str(problems).splitlines()
    return []


@pytest.mark.parametrize("stack", STACKS)
def test_every_stack_says_how_it_is_monitored(stack):
    assert told(stack) == []


def test_staging_does_not_post_to_prod_s_channels():
    assert told("staging", slack_channel_prefix="waqiti-") == [
        "Pulumi.staging.yaml is not valid:",
        (
            "  monitoring.slack_channel_prefix: channels that start with 'waqiti-' alone are "
            "prod's (got 'waqiti-')"
        ),
    ]


def test_prod_posts_to_the_checklist_s_channels():
    assert told("prod", slack_channel_prefix="waqiti-new-") == [
        "Pulumi.prod.yaml is not valid:",
        (
            "  monitoring.slack_channel_prefix: channels that start with 'waqiti-' alone are "
            "prod's (got 'waqiti-new-')"
        ),
    ]
