"""What the last daily reconciliation found, kept in the world's folder for the metrics to tell."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from sandbox.world import World, write_private


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """When a reconciliation came to an end, and what it found."""

    at: float
    missing: int


def keep(world: World, outcome: Outcome) -> None:
    """Put it where the workload looks."""
    write_private(_file(world), json.dumps(asdict(outcome)))


def last(world: World) -> Outcome | None:
    """Give the last one; None before the first."""
    file = _file(world)
    return Outcome(**json.loads(file.read_text())) if file.exists() else None


def _file(world: World) -> Path:
    return world.folder / "data" / "reconciliation.json"
