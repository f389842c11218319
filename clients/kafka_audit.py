"""What an auditor asks of a Kafka cluster: configurations and records, as the brokers have them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from confluent_kafka import KafkaException, TopicCollection, TopicPartition
from confluent_kafka.admin import ConfigResource, OffsetSpec

from clients.kafka import Kafka


@dataclass(frozen=True, kw_only=True)
class Records:
    """
    The records of one partition.

    Args:
        first: The offset of the oldest record.
        end: The offset of the next record.
        oldest: The timestamp of the oldest record, in milliseconds since the epoch; None without.
    """

    partition: int
    first: int
    end: int
    oldest: int | None


class AuditedKafka(Kafka):
    """One cluster; it is only read."""

    def config(self, topic: str) -> Mapping[str, str]:
        """
        Return every key of the configuration of *topic*, whoever set it.

        Raises:
            NoAnswerError: Kafka does not answer, or refuses.
        """
        return self._described(ConfigResource.Type.TOPIC, topic)

    def broker_config(self) -> Mapping[str, str]:
        """Return the configuration of one broker; raise NoAnswerError if Kafka refuses."""
        nodes = self._asked("list the brokers", self._client.describe_cluster()).nodes
        return self._described(ConfigResource.Type.BROKER, str(nodes[0].id))

    def records(self, topic: str) -> Sequence[Records]:
        """
        Return the first and the last offset of each partition, and its oldest record.

        Raises:
            NoAnswerError: Kafka does not answer, or refuses.
        """
        what = f"describe the topic {topic}"
        described = self._asked(
            what, *self._client.describe_topics(TopicCollection([topic])).values()
        )
        numbers = sorted(partition.id for partition in described.partitions)
        first, end, oldest = (
            self._offsets(topic, numbers, spec)
            for spec in (OffsetSpec.earliest(), OffsetSpec.latest(), OffsetSpec.for_timestamp(0))
        )
        return [
            Records(
                partition=number,
                first=first[number].offset,
                end=end[number].offset,
                oldest=oldest[number].timestamp if oldest[number].timestamp >= 0 else None,
            )
            for number in numbers
        ]

    def _offsets(self, topic: str, numbers: Sequence[int], spec: OffsetSpec) -> Mapping[int, Any]:
        asked = {TopicPartition(topic, number): spec for number in numbers}
        answers = self._client.list_offsets(asked)
        return {
            partition.partition: self._asked(f"list the offsets of {topic}", answer)
            for partition, answer in answers.items()
        }

    def _described(self, kind: Any, name: str) -> Mapping[str, str]:  # noqa: ANN401 - an enumeration
        answers = self._client.describe_configs([ConfigResource(kind, name)])
        entries = self._asked(f"describe the configuration of {name}", *answers.values())
        return {
            key: entry.value for key, entry in sorted(entries.items()) if entry.value is not None
        }

    def _asked(self, what: str, answer: Any) -> Any:  # noqa: ANN401 - any answer
        try:
            return self._result(answer)
        except KafkaException as error:
            raise self._refusal(what, error) from None
