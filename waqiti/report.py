"""What a command found."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass

# The exit codes of every command.
FOUND, WRONG, UNKNOWN = 1, 2, 3


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

    def print(self) -> int:
        """Print it; return the exit code of a command whose lines are what is wrong."""
        for line in self.lines:
            print(line)
        for line in self.unknown:
            print(f"error: {line}", file=sys.stderr)
        if self.lines:
            return FOUND
        return UNKNOWN if self.unknown else 0
