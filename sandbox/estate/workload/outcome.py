"""The outcome of the last daily reconciliation, in a file that the metrics are read from."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from sandbox.world import World, write_private


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """When a reconciliation ended, and how many records it missed."""

    at: float
    missing: int


def keep(world: World, outcome: Outcome) -> None:
    """Write the outcome to the file."""
    write_private(_file(world), json.dumps(asdict(outcome)))


def last(world: World) -> Outcome | None:
    """Return the last outcome, or None before the first."""
    file = _file(world)
    return Outcome(**json.loads(file.read_text())) if file.exists() else None


def _file(world: World) -> Path:
    return world.folder / "data" / "reconciliation.json"
