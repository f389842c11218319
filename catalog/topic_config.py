"""The configuration of a Kafka topic, and what an audit topic and a stack demand of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, Self

from pydantic import Field, ValidationInfo, field_validator, model_validator

from catalog.retention import CHECKLIST_DAYS
from catalog.strict import Strict
from systems import kafka

MS_PER_DAY = 24 * 60 * 60 * 1000

# The only values that an audit topic may have, and why others lose or falsify records.
AUDIT_RULES: Mapping[str, tuple[object, str]] = {
    "cleanup.policy": ("delete", "compaction removes records"),
    "message.timestamp.type": (
        "LogAppendTime",
        "the wrong clock of a producer would expire records",
    ),
    "retention.bytes": (-1, "a limit of size deletes records before their time"),
    "unclean.leader.election.enable": (False, "an unclean leader loses acknowledged records"),
}
_AUDIT_COPIES = 2


@dataclass(frozen=True, kw_only=True)
class TopicRules:
    """
    What the configuration of one topic must satisfy.

    Args:
        audit: Whether it is an audit topic, whose records must be kept.
        min_insync_replicas: The smallest `min.insync.replicas` that the stack allows.
        replication_factor: Copies of each partition in the stack, if known.
        audit_retention_ms: The legal minimum of the stack for `retention.ms` of an audit topic.
    """

    audit: bool = False
    min_insync_replicas: int = 1
    replication_factor: int | None = None
    audit_retention_ms: int = 0

    def check(self, key: str, value: Any) -> None:  # noqa: ANN401 - the type depends on the key
        """
        Check one key of Kafka.

        Raises:
            ValueError: The value is not allowed.
        """
        if self.audit and key in AUDIT_RULES:
            required, reason = AUDIT_RULES[key]
            if value != required:
                raise ValueError(
                    f"an audit topic must have {_kafka_text(required)}, because {reason}: "
                    "remove the key"
                )
        if key == "min.insync.replicas":
            self._check_copies(value)
        if key == "retention.ms" and self.audit and value != kafka.FOREVER:
            minimum = max(self.audit_retention_ms, CHECKLIST_DAYS * MS_PER_DAY)
            if value < minimum:
                raise ValueError(
                    f"an audit topic keeps its records for at least {minimum} ms "
                    f"({minimum // MS_PER_DAY:,} days): remove the key"
                )

    def _check_copies(self, value: int) -> None:
        minimum = max(self.min_insync_replicas, _AUDIT_COPIES if self.audit else 1)
        if value < minimum:
            raise ValueError(
                f"an acknowledged record must be on {minimum} brokers: set it to {minimum}"
            )
        if self.replication_factor is not None and value >= max(self.replication_factor, 2):
            raise ValueError(
                f"must be less than kafka.replication_factor ({self.replication_factor}), "
                "otherwise the loss of one broker stops all writes: lower it"
            )


class TopicConfig(Strict):
    """
    The configuration of a topic under Kafka's own keys: bytes, milliseconds, -1 for no limit.

    Tiered storage (`remote.storage.enable`, `local.retention.ms`) is the broker's unless it is set.
    """

    cleanup_policy: Literal["delete", "compact", "compact,delete"] = Field(alias="cleanup.policy")
    compression_type: Literal["gzip", "snappy", "lz4", "zstd", "uncompressed", "producer"] = Field(
        alias="compression.type"
    )
    max_message_bytes: int = Field(alias="max.message.bytes")
    message_timestamp_type: Literal["CreateTime", "LogAppendTime"] = Field(
        alias="message.timestamp.type"
    )
    min_insync_replicas: int = Field(alias="min.insync.replicas")
    retention_bytes: int = Field(alias="retention.bytes")
    retention_ms: int = Field(alias="retention.ms")
    segment_bytes: int = Field(alias="segment.bytes")
    unclean_leader_election_enable: bool = Field(alias="unclean.leader.election.enable")
    local_retention_ms: int | None = Field(alias="local.retention.ms", default=None)
    remote_storage_enable: bool | None = Field(alias="remote.storage.enable", default=None)

    @field_validator("*")
    @classmethod
    def _follows_the_rules(cls, value: Any, info: ValidationInfo) -> Any:  # noqa: ANN401 - any field
        key = cls.model_fields[info.field_name or ""].alias or ""
        if type(value) is int:
            kafka.check_number(key, value)
        if isinstance(info.context, TopicRules):
            info.context.check(key, value)
        return value

    @model_validator(mode="after")
    def _has_no_contradiction(self) -> Self:
        for key, reason in kafka.config_faults(self.declared()):
            raise ValueError(f"{key} {reason}")
        return self

    def with_retention_at_most(self, limit_ms: int) -> Self:
        """Return the same configuration with a retention of *limit_ms* at most."""
        changes: dict[str, int] = {}
        if not 0 <= self.retention_ms <= limit_ms:
            changes["retention_ms"] = limit_ms
        local = self.local_retention_ms
        if local is not None and (local == kafka.FOREVER or local > limit_ms):
            changes["local_retention_ms"] = limit_ms
        return self.model_copy(update=changes)

    def declared(self) -> dict[str, Any]:
        """Return every declared key with its value."""
        return self.model_dump(by_alias=True, exclude_none=True)

    def as_kafka(self) -> dict[str, str]:
        """Return every declared key with its value in Kafka's text form."""
        return {key: _kafka_text(value) for key, value in sorted(self.declared().items())}


def _kafka_text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
