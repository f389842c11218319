"""
A comparison of the encryption service's ledger with the records in the topic, one by one.

A counter can only raise an alarm; this comparison verifies. What could not be read never counts as
complete.
"""

import json
import sqlite3
import time
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from confluent_kafka import Consumer, KafkaException, Message, TopicPartition

from sandbox.estate.workload.audit_reader import SERVICE, end_offsets, offsets_at, reading_settings
from sandbox.estate.workload.audit_writer import TOPIC
from sandbox.estate.workload.condition import SILENT
from sandbox.estate.workload.ledger import number_of, operation_id
from sandbox.estate.workload.server import ledger_file
from sandbox.servers import kafka
from sandbox.world import World

_TIMEOUT_SECONDS = 10
_PATIENCE_SECONDS = 20  # the longest time without a record while more must exist
_AT_ONCE = 2000
_POLL_SECONDS = 0.2
_SHOWN = 20  # ids in the report, which also has the total
# Brokers set timestamps by their own clocks: look further back than the window.
_CLOCKS_DIFFER_SECONDS = 60


class CouldNotTellError(Exception):
    """The ledger or the topic could not be read: neither complete nor a gap."""


@dataclass(frozen=True, kw_only=True)
class Window:
    """Operations of this time are compared; seconds since the epoch, the end excluded."""

    since: float
    until: float


@dataclass(frozen=True, kw_only=True)
class Report:
    """
    The result of a comparison.

    Args:
        window: The operations that were compared.
        operations: The number of operations in the ledger.
        records: The number of these operations that have a record in the topic.
        missing: Ids of operations without a record.
        duplicates: Ids of operations with more than one.
        foreign: The number of records without an operation in this ledger.
    """

    window: Window
    operations: int
    records: int
    missing: Sequence[str]
    duplicates: Sequence[str]
    foreign: int

    def __str__(self) -> str:
        """Return the report as text."""
        verdict = f"a gap: {len(self.missing)} operations have no record"
        lines = [
            f"audit trail: {verdict if self.missing else 'complete'}",
            f"window       {shown(self.window.since)} to {shown(self.window.until)}",
            f"operations   {self.operations}",
            f"records      {self.records}",
            f"missing      {_listed(self.missing)}",
            f"duplicates   {_listed(self.duplicates)}",
            f"foreign      {self.foreign}",
        ]
        return "\n".join(lines)


def reconcile(world: World, window: Window) -> Report:
    """Compare the ledger of *world* with its topic; a window without operations is an error."""
    book, numbers = _operations(ledger_file(world), window)
    return compare(book, numbers, _recorded(world, window.since - _CLOCKS_DIFFER_SECONDS), window)


def compare(
    book: str, numbers: Sequence[int], recorded: Iterable[object], window: Window
) -> Report:
    """
    Count the records of every operation.

    Args:
        book: The ledger's name.
        numbers: Its operations of the window, ascending, at least one.
        recorded: The operation id of every record that was read.
        window: For the report.
    """
    first, last = numbers[0], numbers[-1]
    # One byte per operation: a day at the usual rate has 1.7 million.
    times = bytearray(last - first + 1)
    foreign = 0
    for identity in recorded:
        number = number_of(book, identity)
        if number is None:
            foreign += 1
        elif first <= number <= last:
            times[number - first] = min(times[number - first] + 1, 2)
    return Report(
        window=window,
        operations=len(numbers),
        records=sum(1 for number in numbers if times[number - first]),
        missing=[operation_id(book, n) for n in numbers if not times[n - first]],
        duplicates=[operation_id(book, n) for n in numbers if times[n - first] > 1],
        foreign=foreign,
    )


def _operations(file: Path, window: Window) -> tuple[str, Sequence[int]]:
    """Read the ledger's name and the numbers of the window, with a read-only connection."""
    try:
        connection = sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True)
        try:
            book, kept_since = connection.execute("SELECT name, kept_since FROM book").fetchone()
            rows = connection.execute(
                "SELECT number FROM operations WHERE at >= ? AND at < ? ORDER BY number",
                (window.since, window.until),
            )
            numbers = [number for (number,) in rows]
        finally:
            connection.close()
    except sqlite3.Error as error:
        raise CouldNotTellError(f"the ledger {file} cannot be read: {error}") from None
    if window.since < kept_since:
        raise CouldNotTellError(f"the ledger keeps nothing from before {shown(kept_since)}")
    if not numbers:
        raise CouldNotTellError("the ledger has no operation in the window: nothing was verified")
    return book, numbers


def _recorded(world: World, since: float) -> Iterator[object]:
    """Yield the operation's id of every record from *since* to the current end of the topic."""
    settings = reading_settings(kafka.client_settings(world, SERVICE))
    consumer = Consumer(settings, logger=SILENT)
    try:
        starts = offsets_at(consumer, since, _TIMEOUT_SECONDS)
        ends = end_offsets(consumer, _TIMEOUT_SECONDS)
        unread = {p.partition: ends[p.partition] for p in starts if p.offset < ends[p.partition]}
        consumer.assign([p for p in starts if p.partition in unread])
        while unread:
            for message in _some(consumer, unread):
                number, offset = message.partition(), message.offset()
                if number not in unread or offset is None:
                    continue  # written after the end was looked up
                if offset < unread[number]:
                    yield _identity(message.value())
                if offset + 1 >= unread[number]:
                    del unread[number]
                    consumer.incremental_unassign([TopicPartition(TOPIC, number)])
    except KafkaException as error:
        raise CouldNotTellError(f"Kafka did not answer: {error.args[0].str()}") from None
    finally:
        consumer.close()


def _some(consumer: Consumer, unread: Collection[int]) -> Sequence[Message]:
    """Wait for the next records; raise an error if none arrives."""
    patience = time.monotonic() + _PATIENCE_SECONDS
    while not (messages := consumer.consume(_AT_ONCE, _POLL_SECONDS)):
        if time.monotonic() < patience:
            continue
        raise CouldNotTellError(
            f"Kafka stopped answering: partitions {sorted(unread)} were not read to their end"
        )
    for message in messages:
        if (error := message.error()) is not None:
            raise KafkaException(error)
    return messages


def _identity(value: bytes | None) -> object:
    try:
        record = json.loads(value or b"")
    except ValueError:
        return None
    return record.get("operation") if isinstance(record, dict) else None


def shown(moment: float) -> str:
    return datetime.fromtimestamp(moment, UTC).isoformat(timespec="seconds")


def _listed(identities: Sequence[str]) -> str:
    more = len(identities) - _SHOWN
    shown_ids = [*identities[:_SHOWN], *([f"and {more} more"] if more > 0 else [])]
    return f"{len(identities)}" + (f": {', '.join(shown_ids)}" if shown_ids else "")
