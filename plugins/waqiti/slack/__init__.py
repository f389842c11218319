"""The resources in Slack."""

from collections.abc import Mapping

from clients.slack import Slack
from plugins.waqiti.resource import Resource
from plugins.waqiti.slack.channel import Channel

KINDS: Mapping[str, Resource[Slack]] = {"waqiti:slack:Channel": Channel()}
