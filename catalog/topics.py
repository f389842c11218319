"""Kafka topics: the models of `topics.yaml`."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationInfo

MS_PER_DAY = 24 * 60 * 60 * 1000

# Kafka's own rule for topic names, without the `.` and `_` that its metrics cannot tell apart.
TopicName = Annotated[str, Field(pattern=r"^[a-zA-Z0-9-]{1,249}$")]
ServiceName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{1,62}$")]


@dataclass(frozen=True, kw_only=True)
class TopicRules:
    """
    What a stack demands of a topic.

    Args:
        min_insync_replicas: The least `min.insync.replicas`.
        replication_factor: Copies of each partition in this stack, if known.
        retention_ms: The least `retention.ms` of this topic; 0 demands nothing.
    """

    min_insync_replicas: int
    replication_factor: int | None
    retention_ms: int


def _survives_one_broker(value: int, info: ValidationInfo) -> int:
    if not isinstance(rules := info.context, TopicRules):
        return value
    if value < rules.min_insync_replicas:
        raise ValueError(f"an acknowledged record must be on {rules.min_insync_replicas} brokers")
    if rules.replication_factor is not None and value >= max(rules.replication_factor, 2):
        raise ValueError(
            f"must stay below kafka.replication_factor ({rules.replication_factor}), "
            "else the loss of one broker stops all writes"
        )
    return value


def _keeps_the_legal_minimum(value: int, info: ValidationInfo) -> int:
    if isinstance(rules := info.context, TopicRules) and 0 <= value < rules.retention_ms:
        raise ValueError(
            f"an audit topic keeps its records for at least {rules.retention_ms} ms "
            f"({rules.retention_ms // MS_PER_DAY:,} days)"
        )
    return value


def at_least_one(value: tuple[str, ...]) -> tuple[str, ...]:
    """Refuse an empty list; a `min_length` would also blame a list whose items are wrong."""
    if not value:
        raise ValueError("name at least one")
    return value


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class TopicConfig(_Strict):
    """
    A topic's configuration under Kafka's own keys: bytes, milliseconds, -1 for no limit.

    Tiered storage (`remote.storage.enable`, `local.retention.ms`) is the broker's unless given.
    """

    cleanup_policy: Literal["delete", "compact", "compact,delete"] = Field(alias="cleanup.policy")
    compression_type: Literal["gzip", "snappy", "lz4", "zstd", "uncompressed", "producer"] = Field(
        alias="compression.type"
    )
    max_message_bytes: int = Field(alias="max.message.bytes", ge=1)
    message_timestamp_type: Literal["CreateTime", "LogAppendTime"] = Field(
        alias="message.timestamp.type"
    )
    min_insync_replicas: Annotated[int, AfterValidator(_survives_one_broker)] = Field(
        alias="min.insync.replicas", ge=1
    )
    retention_bytes: int = Field(alias="retention.bytes", ge=-1)
    retention_ms: Annotated[int, AfterValidator(_keeps_the_legal_minimum)] = Field(
        alias="retention.ms", ge=-1
    )
    segment_bytes: int = Field(alias="segment.bytes", ge=1024**2)
    unclean_leader_election_enable: bool = Field(alias="unclean.leader.election.enable")
    local_retention_ms: int | None = Field(alias="local.retention.ms", ge=-2, default=None)
    remote_storage_enable: bool | None = Field(alias="remote.storage.enable", default=None)

    def as_kafka(self) -> dict[str, str]:
        """Give every declared key as Kafka writes it."""
        declared = self.model_dump(by_alias=True, exclude_none=True)
        return {key: _kafka_text(value) for key, value in sorted(declared.items())}


class ExpectedLoad(_Strict):
    """What the topic's owner expects, before compression: the size estimate comes from it."""

    records_per_second: int = Field(gt=0)
    record_bytes: int = Field(gt=0)


class Topic(_Strict):
    """
    One topic, as its owner asks for it.

    Args:
        purpose: What its records are, for a reader.
        audit: Whether the legal minimum of retention applies and everybody is denied deletion.
        producers: Services that write.
        consumers: Services that read, each in the group of its own name.
    """

    purpose: str = Field(min_length=10)
    audit: bool
    partitions: int = Field(ge=1, le=1000)
    config: TopicConfig
    expected: ExpectedLoad
    producers: Annotated[tuple[ServiceName, ...], AfterValidator(at_least_one)]
    consumers: Annotated[tuple[ServiceName, ...], AfterValidator(at_least_one)]

    def with_retention_at_most(self, days: int) -> "Topic":
        """Give the same topic, its records kept for no longer than *days*."""
        limit = days * MS_PER_DAY
        if 0 <= self.config.retention_ms <= limit:
            return self
        return self.model_copy(
            update={"config": self.config.model_copy(update={"retention_ms": limit})}
        )


Topics = Mapping[TopicName, Topic]


def _kafka_text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
