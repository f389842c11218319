"""The Slack channels that alerts go to."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import yaml

from sandbox.estate.grants import granted
from sandbox.estate.stack import PROJECT
from sandbox.world import CHECKOUT


def channels() -> Mapping[str, Mapping[str, Any]]:
    """Return the channels of the catalog by name, without the stack's prefix."""
    source = (CHECKOUT / "catalog" / "channels.yaml").read_text(encoding="utf-8")
    return dict(yaml.safe_load(source))


def prefix() -> str:
    """Return what the stack `local` puts before the name of a channel."""
    source = (CHECKOUT / "Pulumi.local.yaml").read_text(encoding="utf-8")
    section = yaml.safe_load(source)["config"][f"{PROJECT}:monitoring"]
    return str(section["slack_channel_prefix"])


def scopes() -> Sequence[str]:
    """Return the scopes of the app, as production's administrator creates it."""
    manifest = json.loads(granted("slack"))
    return list(manifest["oauth_config"]["scopes"]["bot"])
