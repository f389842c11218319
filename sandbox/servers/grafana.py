"""The Grafana simulator."""

import sys
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path

from sandbox.engine.toolchain.cache import Toolchain
from sandbox.server import Process, Server, answers, draw_tokens
from sandbox.world import World, write_private

_TOKEN = "grafana/pulumi"  # noqa: S105 - the name of one


def url(world: World) -> str:
    """Return its address."""
    return f"http://{world.address('grafana')}"


def _prepare(world: World, _: Toolchain) -> None:
    write_private(_token_file(world), world.credentials[_TOKEN])


def _processes(world: World, _: Toolchain) -> Iterator[Process]:
    token = {"Authorization": f"Bearer {world.credentials[_TOKEN]}"}
    yield Process(
        name="grafana",
        command=[
            *(sys.executable, "-m", "sandbox.simulators.grafana"),
            f"--port={world.port('grafana')}",
            f"--state={world.folder / 'data' / 'grafana.sqlite'}",
            f"--token-file={_token_file(world)}",
        ],
        is_healthy=partial(answers, f"{url(world)}/api/search", headers=token),
    )


def _environment(world: World) -> Mapping[str, str]:
    return {"GRAFANA_AUTH": world.credentials[_TOKEN]}


def _token_file(world: World) -> Path:
    return world.folder / "grafana-tokens"


SERVER = Server(
    ports=["grafana"],
    credentials=partial(draw_tokens, _TOKEN),
    prepare=_prepare,
    processes=_processes,
    environment=_environment,
    config=lambda world: {"grafana": {"url": url(world)}},
)
