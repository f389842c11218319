"""The Slack simulator, with one webhook for each channel and the token of Pulumi's app."""

import secrets
import sys
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path

from sandbox.engine.toolchain.cache import Toolchain
from sandbox.estate import slack as estate
from sandbox.server import Process, Server, answers
from sandbox.world import World, write_private

_TOKEN = "slack/pulumi"  # noqa: S105 - the name of one


def url(world: World) -> str:
    """Return its address."""
    return f"http://{world.address('slack')}"


def _credentials() -> Mapping[str, str]:
    paths = {f"slack/{channel}": _webhook_path() for channel in estate.channels()}
    return paths | {_TOKEN: f"xoxb-{secrets.token_hex(24)}"}


def _prepare(world: World, _: Toolchain) -> None:
    prefix, drawn = estate.prefix(), world.credentials
    lines = [
        f"{prefix}{name} {'private' if channel['private'] else 'public'} {drawn[f'slack/{name}']}\n"
        for name, channel in estate.channels().items()
    ]
    write_private(_webhook_file(world), "".join(lines))
    write_private(_token_file(world), f"bot UPULUMI {','.join(estate.scopes())} {drawn[_TOKEN]}\n")


def _processes(world: World, _: Toolchain) -> Iterator[Process]:
    yield Process(
        name="slack",
        command=[
            *(sys.executable, "-m", "sandbox.simulators.slack"),
            f"--port={world.port('slack')}",
            f"--state={world.folder / 'data' / 'slack.sqlite'}",
            f"--webhook-file={_webhook_file(world)}",
            f"--token-file={_token_file(world)}",
        ],
        # A request to any other route could use up a fault that a test has set.
        is_healthy=partial(answers, f"{url(world)}/sandbox/clock"),
    )


def _webhook_path() -> str:
    """Draw the path of a webhook as Slack does: team, app, and 24 characters of secret."""
    app = f"B{secrets.token_hex(5).upper()}"
    return f"/services/TSANDBOX/{app}/{secrets.token_hex(12)}"


def _webhook_file(world: World) -> Path:
    return world.folder / "slack-webhooks"


def _token_file(world: World) -> Path:
    return world.folder / "slack-tokens"


SERVER = Server(
    ports=["slack"],
    credentials=_credentials,
    prepare=_prepare,
    processes=_processes,
    environment=lambda world: {"SLACK_BOT_TOKEN": world.credentials[_TOKEN]},
    config=lambda world: {"slack": {"api_url": url(world)}},
    pages={"/sandbox/messages": "the messages in the channels (simulator)"},
)
