"""The audit-query-service: it reads the audit records as they come."""

import logging
import time
from collections.abc import Callable, Mapping

from confluent_kafka import Consumer, KafkaError, KafkaException, TopicPartition

from sandbox.workload.audit_writer import TOPIC
from sandbox.workload.condition import SILENT, Condition

SERVICE = "audit-query-service"

_TIMEOUT_SECONDS = 2
_AT_ONCE = 500

_log = logging.getLogger("workload")


def reading_settings(
    settings: Mapping[str, str | int | float | bool],
) -> dict[str, str | int | float | bool]:
    """
    Give what a consumer needs that reads every partition from where it is told.

    It names its group and takes no part in it: as a member it would take partitions from whoever
    else reads as this service, and its commits would move where they begin.
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
        on_read: Told how many records came, each time some came.
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
            _log, well=f"Kafka lets {SERVICE} read", ill=f"Kafka does not let {SERVICE} read"
        )
        self._assigned = False

    def read(self, seconds: float) -> None:
        """Take what comes within *seconds*."""
        try:
            if not self._assigned:
                self._consumer.assign(offsets_at(self._consumer, self._since, _TIMEOUT_SECONDS))
                self._assigned = True
            messages = self._consumer.consume(_AT_ONCE, seconds)
        except KafkaException as error:
            self._condition.ill(error.args[0].str())
            time.sleep(seconds)  # a refusal comes at once, and so would the next
            return
        for message in messages:
            if (refusal := message.error()) is not None:
                self._condition.ill(refusal.str())
        if records := [message for message in messages if message.error() is None]:
            self._condition.well()
            self._on_read(len(records))

    def close(self) -> None:
        self._consumer.close()


def offsets_at(consumer: Consumer, moment: float, seconds: float) -> list[TopicPartition]:
    """Give, for every partition, the offset of the first record that came after *moment*."""
    ends = end_offsets(consumer, seconds)
    asked = [TopicPartition(TOPIC, number, int(moment * 1000)) for number in ends]
    found = consumer.offsets_for_times(asked, timeout=seconds)
    for partition in found:
        if partition.error is not None:
            raise KafkaException(partition.error)
    # Where nothing came, the answer is the end whenever that is looked up; the end of before is
    # meant, so that what comes in between is read.
    return [
        TopicPartition(TOPIC, p.partition, p.offset if p.offset >= 0 else ends[p.partition])
        for p in found
    ]


def end_offsets(consumer: Consumer, seconds: float) -> dict[int, int]:
    """Give, for every partition, the offset that its next record will have."""
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
