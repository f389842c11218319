"""Slack channels of alerts: the models of `channels.yaml`, and its reader."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, TypeAdapter

from catalog.problems import Problems
from catalog.reading import read_model
from catalog.strict import Strict

CHANNELS = Path(__file__).parent / "channels.yaml"

Team = Literal["engineering", "compliance", "fraud", "legal"]
ChannelName = Annotated[str, Field(pattern=r"^[a-z][a-z-]{0,40}$")]
SecretPath = Annotated[str, Field(pattern=r"^[a-z0-9-]+(/[a-z0-9-]+)*$")]
SecretKey = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]*$")]
Variable = Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9_]*$")]


class Channel(Strict):
    """
    One Slack channel.

    Args:
        team: The team that reads it.
        private: Whether only its members see it: because the law or the company says so.
        webhook_key: The key of its incoming webhook, in the secret of all webhooks.
        webhook_variable: The environment variable that holds its webhook in a service.
    """

    team: Team
    private: bool
    webhook_key: SecretKey
    webhook_variable: Variable


Channels = Mapping[ChannelName, Channel]


def _differ(channels: Channels) -> Channels:
    if not channels:
        raise ValueError("empty: add a channel")
    for what in ("webhook_key", "webhook_variable"):
        owners: dict[str, str] = {}
        for name, channel in channels.items():
            value = getattr(channel, what)
            if value in owners:
                raise ValueError(f"{name} has the {what} of {owners[value]}: rename one")
            owners[value] = name
    return channels


_FILE: TypeAdapter[Channels] = TypeAdapter(Annotated[Channels, AfterValidator(_differ)])


def read_channels(found: Problems, path: Path = CHANNELS) -> Channels:
    """Return the channels by name, in the order of the file; *found* collects the problems."""
    return read_model(_FILE, path, found) or {}
