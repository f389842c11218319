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
        unmanaged: The objects that no resource of the stack declares.
        wrong: What is wrong in a file that people write, a sentence each.
    """

    lines: Sequence[str]
    unknown: Sequence[str] = ()
    unmanaged: Sequence[str] = ()
    wrong: Sequence[str] = ()

    def print(self) -> int:
        """Print it; return the exit code of a command whose lines are what is wrong."""
        for line in self.lines:
            print(line)
        for thing in self.unmanaged:
            print(f"{thing}: no resource of the stack declares it")
        for line in (*self.wrong, *self.unknown):
            print(f"error: {line}", file=sys.stderr)
        if self.lines or self.unmanaged:
            return FOUND
        if self.wrong:
            return WRONG
        return UNKNOWN if self.unknown else 0
