"""A server as one module: `test_server.py` adds it to a table."""

import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from sandbox.engine.toolchain.cache import Toolchain
from sandbox.server import Process, Server, answers, draw_tokens
from sandbox.world import HOST, World


def url(world: World) -> str:
    return f"http://{world.address('web')}"


def pages(world: World) -> Path:
    return world.folder / "web"


def _prepare(world: World, _: Toolchain) -> None:
    pages(world).mkdir(exist_ok=True)
    (pages(world) / "health").write_text("healthy")


def _processes(world: World, _: Toolchain) -> Iterator[Process]:
    where = ["--bind", HOST, "--directory", str(pages(world)), str(world.port("web"))]
    yield Process(
        name="web",
        command=[sys.executable, "-m", "http.server", *where],
        is_healthy=partial(answers, f"{url(world)}/health"),
    )
    yield Process(
        name="web-client",
        command=[sys.executable, "-c", "import signal; signal.pause()"],
        is_healthy=lambda: True,
        needs=["web"],
    )


def _seed(world: World) -> None:
    (pages(world) / "seed").write_text("seeded")


SERVER = Server(
    ports=["web"],
    metrics=["web"],
    credentials=partial(draw_tokens, "web/pulumi"),
    prepare=_prepare,
    processes=_processes,
    seed=_seed,
    environment=lambda world: {"WEB_TOKEN": world.credentials["web/pulumi"]},
    config=lambda world: {"web": {"url": url(world)}},
)
