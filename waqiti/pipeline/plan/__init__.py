"""What an `up` would change: read from `pulumi preview`, kept in a file, compared, and shown."""

from collections.abc import Sequence
from dataclasses import dataclass

# What an operation of the engine is to a reader; danger first.
OPERATIONS = {
    "delete": "deleted",
    "replace": "replaced",
    "update": "changed",
    "create": "created",
    "import": "imported",
}
PROTECT = "protect"  # the path of a resource's protection among its values


@dataclass(frozen=True)
class Value:
    """One input of a resource, before and after; None is no value."""

    path: str
    before: str | None
    now: str | None


@dataclass(frozen=True)
class Change:
    """
    One resource that an `up` would change.

    Args:
        operation: A key of OPERATIONS.
        urn: Its URN.
        values: Its inputs that differ, and its protection; a secret is never among them.
    """

    operation: str
    urn: str
    values: Sequence[Value]

    @property
    def kind(self) -> str:
        """Its type."""
        return self.urn.split("::")[2].rpartition("$")[2]

    @property
    def name(self) -> str:
        """Its name."""
        return self.urn.split("::", 3)[3]


@dataclass(frozen=True)
class Plan:
    """
    What an `up` of a stack would do.

    Args:
        stack: The stack.
        changes: What it would change, in the order of OPERATIONS, then by type and name.
        refusals: Why there is no plan: a sentence each.
    """

    stack: str
    changes: Sequence[Change] = ()
    refusals: Sequence[str] = ()
