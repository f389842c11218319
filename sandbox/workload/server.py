"""The workload, as a server of the sandbox."""

from pathlib import Path

import requests

from sandbox.world import World

_TIMEOUT_SECONDS = 5


def command(world: World, python: str) -> list[str]:
    """Give the command that runs the workload in the foreground."""
    where = [f"--world={world.folder}", f"--first-port={world.first_port}"]
    return [python, "-m", "sandbox.workload", *where]


def url(world: World) -> str:
    """Give the address of its metrics, its health and its control routes."""
    return f"http://{world.address('workload')}"


def is_well(world: World) -> bool:
    """Tell whether it answers; also when it was told to play a service that is down."""
    try:
        answer = requests.get(f"{url(world)}/sandbox/behaviour", timeout=_TIMEOUT_SECONDS)
    except requests.RequestException:
        return False
    return answer.status_code == requests.codes.ok


def ledger_file(world: World) -> Path:
    """Give the file of the encryption service's own book."""
    return world.folder / "data" / "workload.sqlite"
