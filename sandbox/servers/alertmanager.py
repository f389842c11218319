"""
Alertmanager.

It starts with settings that notify nobody. The operators of the sandbox replace them when the
cluster has a Secret with Alertmanager's settings.
"""

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import yaml

from sandbox.engine.toolchain.cache import Toolchain
from sandbox.server import Process, Server, answers
from sandbox.world import World, write_private

_FIRST_SETTINGS = {"route": {"receiver": "nobody"}, "receivers": [{"name": "nobody"}]}


def url(world: World) -> str:
    """Return the address of its API."""
    return f"http://{world.address('alertmanager')}"


def config_file(world: World) -> Path:
    """Return the file of its settings; the files that they name are beside it."""
    return world.folder / "alertmanager" / "alertmanager.yaml"


def _prepare(world: World, _: Toolchain) -> None:
    config_file(world).parent.mkdir(exist_ok=True, mode=0o700)
    if not config_file(world).exists():  # else the operators wrote it before the last stop
        write_private(config_file(world), yaml.safe_dump(_FIRST_SETTINGS, sort_keys=False))


def _processes(world: World, toolchain: Toolchain) -> Iterator[Process]:
    yield Process(
        name="alertmanager",
        command=[
            str(toolchain.executable("alertmanager")),
            f"--config.file={config_file(world)}",
            f"--storage.path={world.folder / 'data' / 'alertmanager'}",
            f"--web.listen-address={world.address('alertmanager')}",
            f"--web.external-url={url(world)}",  # the base of the links in messages
            "--cluster.listen-address=",  # a single instance: no gossip
        ],
        is_healthy=partial(answers, f"{url(world)}/-/ready"),
    )


SERVER = Server(
    ports=["alertmanager"],
    metrics=["alertmanager"],
    prepare=_prepare,
    processes=_processes,
    config=lambda world: {"monitoring": {"alertmanager_url": url(world)}},
    pages={"/#/alerts": "the alerts that are routed"},
)
