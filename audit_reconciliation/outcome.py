"""The window of a comparison, its outcome, and the errors of a run."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from pydantic import TypeAdapter


class WrongUseError(Exception):
    """The configuration or the command line is invalid; the message has the remedy."""


class CouldNotTellError(Exception):
    """The ledger or the topic could not be read: neither complete nor a gap."""


@dataclass(frozen=True, kw_only=True)
class Window:
    """Operations of this time are compared; seconds since the epoch, the end excluded."""

    since: float
    until: float


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """
    What is kept of a comparison.

    Args:
        at: When it ended, in seconds since the epoch.
        since: The begin of its window, in seconds since the epoch.
        until: The end of its window, excluded.
        operations: The number of operations in the ledger.
        missing: The number of operations without a record.
        duplicates: The number of operations with more than one record.
        foreign: The number of records without an operation in this ledger.
    """

    at: float
    since: float
    until: float
    operations: int
    missing: int
    duplicates: int
    foreign: int

    def as_json(self) -> Mapping[str, Any]:
        """Return the outcome as `read_outcome` reads it."""
        return asdict(self)


_OUTCOME = TypeAdapter(Outcome)


def read_outcome(text: str) -> Outcome | None:
    """Return the outcome in *text*, or None if it is something else."""
    try:
        return _OUTCOME.validate_json(text)
    except ValueError:
        return None


def shown(moment: float) -> str:
    """Return *moment*, in seconds since the epoch, as people read it."""
    return datetime.fromtimestamp(moment, UTC).isoformat(timespec="seconds")
