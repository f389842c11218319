"""The Slack simulator, as a server of the sandbox, and what a person does for it in production."""

from pathlib import Path

import requests
import yaml

from sandbox import openbao
from sandbox.world import CHECKOUT, SLACK_CHANNELS, World, write_private

SECRET = "alerting/slack"  # noqa: S105 - the path of one
_TIMEOUT_SECONDS = 5


def command(world: World, python: str) -> list[str]:
    """Give the command that runs the simulator in the foreground."""
    port = f"--port={world.port('slack')}"
    files = [
        f"--state={world.folder / 'data' / 'slack.sqlite'}",
        f"--webhook-file={_webhook_file(world)}",
    ]
    return [python, "-m", "sandbox.simulators.slack", port, *files]


def prepare(world: World) -> None:
    """Write which webhooks there are: one for each channel, under the channel's whole name."""
    source = (CHECKOUT / "Pulumi.local.yaml").read_text(encoding="utf-8")
    prefix = yaml.safe_load(source)["config"]["waqiti:monitoring"]["slack_channel_prefix"]
    lines = [f"{prefix}{channel} {_path(world, channel)}\n" for channel in SLACK_CHANNELS]
    write_private(_webhook_file(world), "".join(lines))


def url(world: World) -> str:
    """Give its address."""
    return f"http://{world.address('slack')}"


def is_well(world: World) -> bool:
    """Tell whether it answers; a look at its clock takes no fault from a test."""
    try:
        return requests.get(f"{url(world)}/sandbox/clock", timeout=_TIMEOUT_SECONDS).ok
    except requests.RequestException:
        return False


def introduce(world: World) -> None:
    """Write the webhooks' URLs into OpenBao: a copied world has other ports."""
    webhooks = {
        f"{channel}_webhook": f"{url(world)}{_path(world, channel)}" for channel in SLACK_CHANNELS
    }
    openbao.keep_secret(world, SECRET, webhooks)


def _path(world: World, channel: str) -> str:
    return world.credentials[f"slack/{channel}"]


def _webhook_file(world: World) -> Path:
    return world.folder / "slack-webhooks"
