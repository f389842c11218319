"""
The topic of the audit records, read in a consumer group of its own.

The group also keeps the outcome of the last run: an offset that it commits has a text of its own.
So the job needs no other storage, and no right but to read this topic in this group.
"""

import json
import logging
import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from types import TracebackType
from typing import Self

from confluent_kafka import Consumer, KafkaError, KafkaException, Message, TopicPartition

from audit_reconciliation.configuration import Configuration
from audit_reconciliation.outcome import CouldNotTellError, Outcome, read_outcome

_TIMEOUT_SECONDS = 10
_PATIENCE_SECONDS = 20  # the longest time without a record while more must exist
_AT_ONCE = 2000
_POLL_SECONDS = 0.2
# Brokers set timestamps by their own clocks: look further back than the window.
_CLOCKS_DIFFER_SECONDS = 60

# librdkafka logs what its errors say, too.
_SILENT = logging.getLogger("audit_reconciliation.librdkafka")
_SILENT.addHandler(logging.NullHandler())
_SILENT.propagate = False


class AuditTopic:
    """The topic of *configuration*, as one consumer reads it; to be used as a context manager."""

    def __init__(self, configuration: Configuration) -> None:
        """Connect in the background."""
        self._name = configuration.topic
        self._consumer = Consumer(configuration.consumer_settings(), logger=_SILENT)
        self._ends: Mapping[int, int] = {}

    def __enter__(self) -> Self:
        """Return the topic."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close the consumer."""
        self._consumer.close()

    def recorded(self, since: float) -> Iterator[object]:
        """
        Yield the operation's id of every record from *since* to the current end of the topic.

        Raises:
            CouldNotTellError: It could not be read to its end.
        """
        try:
            yield from self._recorded(since - _CLOCKS_DIFFER_SECONDS)
        except KafkaException as error:
            raise _no_answer(error) from None

    def keep(self, outcome: Outcome) -> None:
        """
        Commit the offsets up to which `recorded` read, with *outcome* as their text.

        Raises:
            CouldNotTellError: Kafka did not take it.
        """
        text = json.dumps(outcome.as_json(), separators=(",", ":"))
        offsets = [TopicPartition(self._name, n, end, text) for n, end in self._ends.items()]
        try:
            self._consumer.commit(offsets=offsets, asynchronous=False)
        except KafkaException as error:
            raise _no_answer(error) from None

    def last(self) -> Outcome | None:
        """
        Return the outcome that was kept last, or None before the first.

        Kafka forgets it after `offsets.retention.minutes` (7 days) without a run.

        Raises:
            CouldNotTellError: Kafka did not answer.
        """
        try:
            asked = [TopicPartition(self._name, number) for number in self._partitions()]
            committed = self._consumer.committed(asked, timeout=_TIMEOUT_SECONDS)
        except KafkaException as error:
            raise _no_answer(error) from None
        kept = [read_outcome(partition.metadata or "") for partition in committed]
        return max(filter(None, kept), key=lambda outcome: outcome.at, default=None)

    def _recorded(self, since: float) -> Iterator[object]:
        self._ends = self._end_offsets()
        starts = self._offsets_at(since)
        unread = {n: self._ends[n] for n, start in starts.items() if start < self._ends[n]}
        self._consumer.assign([TopicPartition(self._name, n, starts[n]) for n in unread])
        while unread:
            for message in self._some(unread):
                number, offset = message.partition(), message.offset()
                if number not in unread or offset is None:
                    continue  # written after the end was looked up
                if offset < unread[number]:
                    yield _identity(message.value())
                if offset + 1 >= unread[number]:
                    del unread[number]
                    self._consumer.incremental_unassign([TopicPartition(self._name, number)])

    def _partitions(self) -> Sequence[int]:
        topic = self._consumer.list_topics(self._name, timeout=_TIMEOUT_SECONDS).topics[self._name]
        if topic.error is not None:
            raise KafkaException(topic.error)
        return sorted(topic.partitions)

    def _end_offsets(self) -> Mapping[int, int]:
        """Return, for every partition, the offset of its next record."""
        ends = {}
        for number in self._partitions():
            partition = TopicPartition(self._name, number)
            watermarks = self._consumer.get_watermark_offsets(partition, _TIMEOUT_SECONDS)
            if watermarks is None:
                raise KafkaException(KafkaError(KafkaError._TIMED_OUT))  # noqa: SLF001 - its public name
            ends[number] = watermarks[1]
        return ends

    def _offsets_at(self, moment: float) -> Mapping[int, int]:
        """Return, for every partition, the offset of the first record after *moment*."""
        asked = [TopicPartition(self._name, n, int(moment * 1000)) for n in self._ends]
        found = self._consumer.offsets_for_times(asked, timeout=_TIMEOUT_SECONDS)
        for partition in found:
            if partition.error is not None:
                raise KafkaException(partition.error)
        # Without a record after *moment* the answer is the end at the time of this request: use the
        # end from before, so that no record in between is skipped.
        return {p.partition: p.offset if p.offset >= 0 else self._ends[p.partition] for p in found}

    def _some(self, unread: Collection[int]) -> Sequence[Message]:
        """Wait for the next records; raise an error if none arrives."""
        patience = time.monotonic() + _PATIENCE_SECONDS
        while not (messages := self._consumer.consume(_AT_ONCE, _POLL_SECONDS)):
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


def _no_answer(error: KafkaException) -> CouldNotTellError:
    return CouldNotTellError(f"Kafka did not answer: {error.args[0].str()}")
