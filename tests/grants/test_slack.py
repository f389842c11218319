"""The app's manifest: what an administrator creates in Slack."""

import json
from dataclasses import replace

import pytest

from grants import Declared, slack
from sandbox.simulators.slack.manifests import errors
from tests.conftest import STACKS, stack_settings
from tests.grants.test_grants import granted


def declared(*private: bool, enabled: bool = True) -> Declared:
    settings = stack_settings("staging")
    account = settings.slack.model_copy(update={"enabled": enabled})
    channels = [("waqiti:slack:Channel", {"private": each}) for each in private]
    return Declared(settings=replace(settings, slack=account), resources=channels)


@pytest.mark.parametrize("stack", STACKS)
def test_slack_accepts_the_manifest_of_each_stack(stack):
    assert errors(granted(stack)["slack"]) == []


@pytest.mark.parametrize(
    ("private", "scopes"),
    [
        ([], ["incoming-webhook"]),
        ([False], ["channels:join", "channels:manage", "channels:read", "incoming-webhook"]),
        ([True, True], ["groups:read", "groups:write", "incoming-webhook"]),
    ],
)
def test_the_app_has_the_scopes_of_its_channels_and_no_others(private, scopes):
    manifest = json.loads(slack.manifest(declared(*private)))

    assert manifest["oauth_config"]["scopes"]["bot"] == scopes


def test_a_stack_without_slack_needs_no_app():
    assert slack.manifest(declared(enabled=False)) == ""
