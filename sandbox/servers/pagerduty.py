"""The PagerDuty simulator."""

import sys
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path

from sandbox.engine.toolchain.cache import Toolchain
from sandbox.server import Process, Server, answers, draw_tokens
from sandbox.world import World, write_private

_ACCOUNT = Path(__file__).parents[1] / "estate" / "pagerduty.yaml"
_TOKEN = "pagerduty/pulumi"  # noqa: S105 - the name of one


def url(world: World) -> str:
    """Return the address of its API."""
    return f"http://{world.address('pagerduty')}"


def _prepare(world: World, _: Toolchain) -> None:
    write_private(_token_file(world), world.credentials[_TOKEN])


def _processes(world: World, _: Toolchain) -> Iterator[Process]:
    token = {"Authorization": f"Token token={world.credentials[_TOKEN]}"}
    yield Process(
        name="pagerduty",
        command=[
            *(sys.executable, "-m", "sandbox.simulators.pagerduty"),
            f"--port={world.port('pagerduty')}",
            f"--state={world.folder / 'data' / 'pagerduty.sqlite'}",
            f"--token-file={_token_file(world)}",
            f"--account={_ACCOUNT}",
        ],
        is_healthy=partial(answers, f"{url(world)}/abilities", headers=token),
    )


def _environment(world: World) -> Mapping[str, str]:
    return {"PAGERDUTY_TOKEN": world.credentials[_TOKEN]}


def _token_file(world: World) -> Path:
    return world.folder / "pagerduty-tokens"


SERVER = Server(
    ports=["pagerduty"],
    credentials=partial(draw_tokens, _TOKEN),
    prepare=_prepare,
    processes=_processes,
    environment=_environment,
    config=lambda world: {"pagerduty": {"api_url": url(world)}},
    pages={"/sandbox/pages": "who was paged (simulator)"},
)
