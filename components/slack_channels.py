"""Slack channels, and the resource of one."""

from collections.abc import Iterator
from typing import Any, NotRequired, TypedDict

import pulumi

from components.arguments import Problem, checked, refusals
from systems import slack


class SlackChannelArgs(TypedDict):
    """A Slack channel."""

    name: str
    """Its name, without `#`. Another name renames the channel; its messages and webhooks stay."""
    private: bool
    """Whether only its members see it. Slack's API cannot change it afterwards."""
    topic: NotRequired[str]
    """Its topic, at most 250 characters. Without one, the topic is left alone."""
    purpose: NotRequired[str]
    """Its description, at most 250 characters. Without one, the description is left alone."""
    archive: NotRequired[bool]
    """True: with the resource, the channel is archived. By default it stays as it is."""


class Channel(pulumi.CustomResource):
    """
    A Slack channel.

    An existing channel of the name is managed from then on. Nobody is invited or removed. The
    token comes from the environment: SLACK_BOT_TOKEN.
    """

    channel: pulumi.Output[str]
    """The id of the channel."""
    archived: pulumi.Output[bool]
    """Whether somebody archived it."""

    def __init__(
        self, name: str, args: SlackChannelArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        """Declare the channel of *args* under *name*."""
        given: dict[str, Any] = {key: value for key, value in args.items() if value is not None}
        inputs = given | {"channel": None, "archived": None}
        super().__init__("waqiti:slack:Channel", name, inputs, opts)


class SlackChannelsArgs(TypedDict):
    """Some Slack channels."""

    channels: dict[str, SlackChannelArgs]
    """The channels; their keys name the resources, so a renamed channel stays the same one."""


class SlackChannels(pulumi.ComponentResource):
    """
    Slack channels with their topics and descriptions.

    A channel that exists already is managed from then on; an archived one is reported, because no
    app can open it again. Members stay as they are, and deleting the component archives nothing
    unless a channel asks for it.
    """

    channel_ids: pulumi.Output[dict[str, str]]
    """The id of each channel, by its key."""

    def __init__(
        self, name: str, args: SlackChannelsArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        """Declare the channels of *args* under *name*."""
        args = checked("SlackChannels", name, SlackChannelsArgs, args, _problems)
        super().__init__("waqiti:index:SlackChannels", name, {}, opts)

        child = pulumi.ResourceOptions(parent=self)
        channels = {
            key: Channel(f"{name}-{key}", channel, child)
            for key, channel in args["channels"].items()
        }

        self.channel_ids = pulumi.Output.all(
            **{key: channel.channel for key, channel in channels.items()}
        )
        self.register_outputs({"channel_ids": self.channel_ids})


def _problems(args: SlackChannelsArgs) -> Iterator[Problem]:
    owners: dict[str, str] = {}
    for key, channel in args["channels"].items():
        path = f"channels.{key}"
        yield from refusals(f"{path}.name", slack.check_channel_name, channel["name"])
        for what, text in (("topic", channel.get("topic")), ("purpose", channel.get("purpose"))):
            if text is not None:
                yield from refusals(f"{path}.{what}", slack.check_description, text)
        if channel["name"] in owners:
            yield f"{path}.name", f"{owners[channel['name']]} has it, too: rename one"
        owners[channel["name"]] = key
