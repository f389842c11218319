"""Slack channels as they are declared."""

import re

import pytest

from components import InvalidArgumentsError, SlackChannelArgs, SlackChannels, SlackChannelsArgs

CHANNELS: dict[str, SlackChannelArgs] = {
    "fraud": {"name": "shop-fraud", "private": True, "topic": "Who", "purpose": "Why"},
    "open": {"name": "shop-open", "private": False},
}


def test_each_channel_is_a_resource_of_the_component(deploy):
    declared = deploy(lambda: SlackChannels("channels", SlackChannelsArgs(channels=CHANNELS)))

    assert declared.of_type("waqiti:slack:Channel") == {
        "channels-fraud": CHANNELS["fraud"],
        "channels-open": CHANNELS["open"],
    }


def test_every_wrong_argument_is_named(deploy):
    wrong: dict[str, SlackChannelArgs] = {
        "a": {"name": "#Shop", "private": True, "topic": "x" * 251},
        "b": {"name": "shop", "private": True},
        "c": {"name": "shop", "private": False},
    }
    sentence = (
        "SlackChannels 'channels' is not declared: channels.a.name: '#Shop': use lower-case "
        "letters, digits, hyphens and underscores, at most 80, without #; channels.a.topic: "
        f"'{'x' * 59}…: use a text of at most 250 characters; channels.c.name: b has it, too: "
        "rename one"
    )
    with pytest.raises(InvalidArgumentsError, match=re.escape(sentence)):
        deploy(lambda: SlackChannels("channels", SlackChannelsArgs(channels=wrong)))
