"""The outcome of a command, and its errors."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field


class WrongUseError(Exception):
    """The configuration or the command line is invalid; the message has the remedy."""


class StoreError(Exception):
    """The store did not answer, or its answer is invalid: its content is unknown."""


class UnreadableError(Exception):
    """One object is not what was written: it was changed, forged, or encrypted with another key."""


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """
    The result of a command.

    Args:
        facts: Counts and names for the log.
        problems: One sentence for each problem; none means success.
    """

    facts: Mapping[str, object] = field(default_factory=dict)
    problems: Sequence[str] = ()
