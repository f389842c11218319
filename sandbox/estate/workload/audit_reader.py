"""The audit-query-service: it reads the audit records as they arrive."""

import logging
import time
from collections.abc import Callable, Mapping

from confluent_kafka import Consumer, KafkaError, KafkaException, TopicPartition

from sandbox.estate.workload.audit_writer import TOPIC
from sandbox.estate.workload.condition import SILENT, Condition

SERVICE = "audit-query-service"

_TIMEOUT_SECONDS = 2
_AT_ONCE = 500

_log = logging.getLogger("workload")


def reading_settings(
    settings: Mapping[str, str | int | float | bool],
) -> dict[str, str | int | float | bool]:
    """
    Return the settings of a consumer that reads every partition from assigned offsets.

    It names its group and does not join it: a member would take partitions from other consumers of
    this service, and its commits would move their offsets.
    """
    return {
        **settings,
        "group.id": SERVICE,
        "enable.auto.commit": False,
        "auto.offset.reset": "earliest",
    }


class AuditReader:
    """
    The consumer.

    Args:
        settings: How it reaches Kafka as its own user.
        since: It reads what was written after this moment, in seconds since the epoch.
        on_read: Called with the number of records that arrived.
    """

    def __init__(
        self,
        settings: Mapping[str, str | int | float | bool],
        since: float,
        on_read: Callable[[int], None],
    ) -> None:
        backoff = {"reconnect.backoff.max.ms": 2000}
        self._consumer = Consumer({**reading_settings(settings), **backoff}, logger=SILENT)
        self._since = since
        self._on_read = on_read
        self._condition = Condition(
            _log,
            healthy=f"Kafka lets {SERVICE} read",
            unhealthy=f"Kafka does not let {SERVICE} read",
        )
        self._assigned = False

    def read(self, seconds: float) -> None:
        """Read what arrives within *seconds*."""
        try:
            if not self._assigned:
                self._consumer.assign(offsets_at(self._consumer, self._since, _TIMEOUT_SECONDS))
                self._assigned = True
            messages = self._consumer.consume(_AT_ONCE, seconds)
        except KafkaException as error:
            self._condition.unhealthy(error.args[0].str())
            time.sleep(seconds)  # a refusal arrives at once, and so would the next one
            return
        for message in messages:
            if (refusal := message.error()) is not None:
                self._condition.unhealthy(refusal.str())
        if records := [message for message in messages if message.error() is None]:
            self._condition.healthy()
            self._on_read(len(records))

    def close(self) -> None:
        self._consumer.close()


def offsets_at(consumer: Consumer, moment: float, seconds: float) -> list[TopicPartition]:
    """Return, for every partition, the offset of the first record after *moment*."""
    ends = end_offsets(consumer, seconds)
    asked = [TopicPartition(TOPIC, number, int(moment * 1000)) for number in ends]
    found = consumer.offsets_for_times(asked, timeout=seconds)
    for partition in found:
        if partition.error is not None:
            raise KafkaException(partition.error)
    # Without a record after *moment* the answer is the end at the time of a later request: use the
    # end from before, so that no record in between is skipped.
    return [
        TopicPartition(TOPIC, p.partition, p.offset if p.offset >= 0 else ends[p.partition])
        for p in found
    ]


def end_offsets(consumer: Consumer, seconds: float) -> dict[int, int]:
    """Return, for every partition, the offset of its next record."""
    topic = consumer.list_topics(TOPIC, timeout=seconds).topics[TOPIC]
    if topic.error is not None:
        raise KafkaException(topic.error)
    ends = {}
    for number in topic.partitions:
        watermarks = consumer.get_watermark_offsets(TopicPartition(TOPIC, number), seconds)
        if watermarks is None:
            raise KafkaException(KafkaError(KafkaError._TIMED_OUT))  # noqa: SLF001 - its public name
        ends[number] = watermarks[1]
    return ends
