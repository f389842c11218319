"""
The encryption service's own book against the records in the topic, one by one.

A counter can only alarm; this proves. What could not be read is never taken for complete.
"""

import json
import sqlite3
import time
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from confluent_kafka import Consumer, KafkaException, Message, TopicPartition

from sandbox import kafka
from sandbox.workload.audit_reader import SERVICE, end_offsets, offsets_at, reading_settings
from sandbox.workload.audit_writer import TOPIC
from sandbox.workload.condition import SILENT
from sandbox.workload.ledger import number_of, operation_id
from sandbox.workload.server import ledger_file
from sandbox.world import World

_TIMEOUT_SECONDS = 10
_PATIENCE_SECONDS = 20  # without one record while more must be there
_AT_ONCE = 2000
_POLL_SECONDS = 0.2
_SHOWN = 20  # ids in the report; their number is always told
# Brokers stamp records by their own clock: look a little further back than the window.
_CLOCKS_DIFFER_SECONDS = 60


class CouldNotTellError(Exception):
    """Neither complete nor a gap: what would prove it could not be read."""


@dataclass(frozen=True, kw_only=True)
class Window:
    """Operations of this time are compared; seconds since the epoch, the end excluded."""

    since: float
    until: float


@dataclass(frozen=True, kw_only=True)
class Report:
    """
    What was found.

    Args:
        window: The operations that were compared.
        operations: How many the ledger has.
        records: How many records of these operations the topic has, each counted once.
        missing: Ids of operations without a record.
        duplicates: Ids of operations with more than one.
        foreign: Records that were met on the way and are of no operation of this ledger.
    """

    window: Window
    operations: int
    records: int
    missing: Sequence[str]
    duplicates: Sequence[str]
    foreign: int

    def __str__(self) -> str:
        """Tell a person."""
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
    """Compare the ledger of *world* with its topic; a window without operations proves nothing."""
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
        recorded: The operation's id of every record that was read.
        window: For the report.
    """
    first, last = numbers[0], numbers[-1]
    # A byte an operation: a day at the usual rate has 1.7 million.
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
    """Read the book's name and the window's numbers, without a hand on the book."""
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
        raise CouldNotTellError("the ledger has no operation in the window: nothing is proven")
    return book, numbers


def _recorded(world: World, since: float) -> Iterator[object]:
    """Give the operation's id of every record from *since* to the end that the topic has now."""
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
    """Wait for the next records; there must be some."""
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
        told = json.loads(value or b"")
    except ValueError:
        return None
    return told.get("operation") if isinstance(told, dict) else None


def shown(moment: float) -> str:
    return datetime.fromtimestamp(moment, UTC).isoformat(timespec="seconds")


def _listed(identities: Sequence[str]) -> str:
    more = len(identities) - _SHOWN
    told = [*identities[:_SHOWN], *([f"and {more} more"] if more > 0 else [])]
    return f"{len(identities)}" + (f": {', '.join(told)}" if told else "")
