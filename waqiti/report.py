"""What a command found."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Report:
    """
    The output of a command.

    Args:
        lines: What it found, a sentence each.
        unknown: What it could not find out, a sentence each.
    """

    lines: Sequence[str]
    unknown: Sequence[str] = ()
