"""
A comparison of the ledger's operations with the records in the topic, one by one.

A counter can only raise an alarm; this comparison verifies. What could not be read never counts as
complete.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from audit_reconciliation.operations import Operations
from audit_reconciliation.outcome import Outcome, Window, shown

_NAMED = 1000  # ids in a report, which also has the total
_SHOWN = 20  # ids in its text


@dataclass(frozen=True, kw_only=True)
class Report:
    """
    The result of a comparison.

    Args:
        window: The operations that were compared.
        operations: The number of operations in the ledger.
        missing: The number of operations without a record.
        missing_ids: The ids of the first thousand of them.
        duplicates: The number of operations with more than one.
        duplicate_ids: The ids of the first thousand of them.
        foreign: The number of records without an operation in this ledger.
    """

    window: Window
    operations: int
    missing: int = 0
    missing_ids: Sequence[str] = ()
    duplicates: int = 0
    duplicate_ids: Sequence[str] = ()
    foreign: int = 0

    def __str__(self) -> str:
        """Return the report as text."""
        verdict = f"a gap: {self.missing} operations have no record"
        lines = [
            f"audit trail: {verdict if self.missing else 'complete'}",
            f"window       {shown(self.window.since)} to {shown(self.window.until)}",
            f"operations   {self.operations}",
            f"records      {self.operations - self.missing}",
            f"missing      {_listed(self.missing, self.missing_ids)}",
            f"duplicates   {_listed(self.duplicates, self.duplicate_ids)}",
            f"foreign      {self.foreign}",
        ]
        return "\n".join(lines)

    def outcome(self, at: float) -> Outcome:
        """Return what is kept of it; *at* is now, in seconds since the epoch."""
        return Outcome(
            at=at,
            since=self.window.since,
            until=self.window.until,
            operations=self.operations,
            missing=self.missing,
            duplicates=self.duplicates,
            foreign=self.foreign,
        )


def compare(operations: Operations, recorded: Iterable[object], window: Window) -> Report:
    """
    Count the records of every operation.

    Args:
        operations: Those of the window, at least one.
        recorded: The operation id of every record that was read.
        window: For the report.
    """
    base, last = operations.ranges[0][0], operations.ranges[-1][1]
    # One byte for each operation: a day of a thousand a second has 86 million.
    times = bytearray(last - base + 1)
    foreign = 0
    for identity in recorded:
        number = operations.number(identity)
        if number is None:
            foreign += 1
        elif base <= number <= last:
            times[number - base] = min(times[number - base] + 1, 2)
    missing = list(_first(operations, times, 0))
    duplicates = list(_first(operations, times, 2))
    return Report(
        window=window,
        operations=operations.count,
        missing=_count(operations, times, 0),
        missing_ids=missing,
        duplicates=_count(operations, times, 2),
        duplicate_ids=duplicates,
        foreign=foreign,
    )


def _count(operations: Operations, times: bytearray, value: int) -> int:
    base = operations.ranges[0][0]
    return sum(times.count(value, a - base, b - base + 1) for a, b in operations.ranges)


def _first(operations: Operations, times: bytearray, value: int) -> Iterator[str]:
    """Yield the ids of the first operations that have *value* records."""
    base, found = operations.ranges[0][0], 0
    for first, last in operations.ranges:
        at = times.find(value, first - base, last - base + 1)
        while at >= 0 and found < _NAMED:
            yield operations.identity(base + at)
            found += 1
            at = times.find(value, at + 1, last - base + 1)


def _listed(total: int, identities: Sequence[str]) -> str:
    named = [*identities[:_SHOWN], *([f"and {total - _SHOWN} more"] if total > _SHOWN else [])]
    return f"{total}" + (f": {', '.join(named)}" if named else "")
