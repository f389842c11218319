"""The workload, as a server of the sandbox."""

import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from sandbox.engine.toolchain.cache import Toolchain
from sandbox.estate.workload.ledger import OPERATIONS
from sandbox.server import Process, Server, answers
from sandbox.world import World


def url(world: World) -> str:
    """Return the address of its metrics, its health and its control routes."""
    return f"http://{world.address('workload')}"


def operations_url(world: World) -> str:
    """Return the address of the encryption service's ledger."""
    return f"{url(world)}{OPERATIONS}"


def ledger_file(world: World) -> Path:
    """Return the file of the encryption service's ledger."""
    return world.folder / "data" / "workload.sqlite"


def _processes(world: World, _: Toolchain) -> Iterator[Process]:
    yield Process(
        name="workload",
        command=[
            *(sys.executable, "-m", "sandbox.estate.workload"),
            f"--world={world.folder}",
            f"--first-port={world.first_port}",
        ],
        # Not the health route, which fails while the workload simulates a service that is down.
        is_healthy=partial(answers, f"{url(world)}/sandbox/behaviour"),
    )


SERVER = Server(
    ports=["workload"],
    metrics=["workload"],
    metrics_labels={"namespace": "waqiti"},  # that of the services
    processes=_processes,
    pages={"/sandbox/behaviour": "what the services do (workload)"},
)
