"""Channels with the stack's prefix that nobody declared."""

import pytest

from clients.failures import NoAnswerError
from tests.sandbox.simulators.slack.running import BOT, LESS, USER, started
from tests.waqiti.states import provider, resource
from tests.waqiti.unmanaged.stacks import found, stack
from waqiti.unmanaged.slack import unmanaged


@pytest.fixture(scope="module")
def process(tmp_path_factory):
    with started(tmp_path_factory.mktemp("slack")) as simulator:
        yield simulator


@pytest.fixture
def slack(process, monkeypatch):
    process.start_anew()
    monkeypatch.setenv("SLACK_BOT_TOKEN", BOT)
    return process


def declared(slack, prefix):
    own = provider("waqiti")
    names = ("waqiti-local-critical", "waqiti-local-fraud")
    return stack(
        own,
        *(
            resource(own, "waqiti:slack:Channel", name, outputs={"channel": slack.channel(name)})
            for name in names
        ),
        slack={"api_url": slack.url},
        monitoring={"slack_channel_prefix": prefix},
    )


def test_what_nobody_declared_is_named(slack):
    own = declared(slack, "waqiti-local-")
    for name, private in (("waqiti-local-lunch", False), ("waqiti-local-secret", True)):
        slack.api(USER).conversations_create(name=name, is_private=private)
    slack.api(USER).conversations_create(name="lunch")
    slack.api(USER).conversations_create(name="waqiti-local-old")
    slack.api(USER).conversations_archive(channel=slack.channel("waqiti-local-old"))
    hidden = slack.channel("waqiti-local-secret")
    slack.api(USER).conversations_invite(channel=hidden, users="UBOT")

    assert found(unmanaged, own) == [
        "Slack channel waqiti-local-lunch",
        "Slack channel waqiti-local-secret",
    ]


def test_the_channels_of_another_stack_are_not_those_of_a_shorter_prefix(slack):
    own = declared(slack, "waqiti-")
    for name in ("waqiti-staging-lunch", "waqiti-local-lunch", "waqiti-lunch"):
        slack.api(USER).conversations_create(name=name)

    assert found(unmanaged, own) == ["Slack channel waqiti-lunch"]


def test_a_token_that_sees_no_private_channel_is_no_result(slack, monkeypatch):
    own = declared(slack, "waqiti-local-")
    monkeypatch.setenv("SLACK_BOT_TOKEN", LESS)

    with pytest.raises(NoAnswerError, match=r"lacks the scope groups:read for conversations\.list"):
        found(unmanaged, own)
