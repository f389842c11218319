"""The result of `pulumi up`, as the brokers report it and real clients use it."""

from collections.abc import Callable, Iterator
from typing import TypeVar

import pytest
from confluent_kafka import TopicPartition
from confluent_kafka.admin import (
    AclBinding,
    AclBindingFilter,
    AclOperation,
    AclPermissionType,
    AdminClient,
    ConfigResource,
    ConfigSource,
    OffsetSpec,
    ResourcePatternType,
    ResourceType,
)

from sandbox.servers import kafka
from tests.engine.kafka_clients import (
    EVERY_ACL,
    SECONDS,
    TOPIC,
    add_client,
    code,
    read,
    result,
    settings,
    write,
)

T = TypeVar("T")
REFUSED = "TOPIC_AUTHORIZATION_FAILED"
CONSUMER = ("audit-query-service", "audit-query-service")


@pytest.fixture(scope="module")
def admin(sandbox) -> AdminClient:
    return kafka.admin(sandbox.world)


@pytest.fixture
def intruder(sandbox, admin) -> Iterator[AdminClient]:
    """Provide a principal with every right on all topics with the audit log's prefix."""
    result(admin.create_acls([allow_everything("User:intruder", AclBinding)]))
    yield add_client(sandbox.world, "intruder")
    result(admin.delete_acls([allow_everything("User:intruder", AclBindingFilter)]))


def allow_everything(principal: str, kind: Callable[..., T]) -> T:
    prefixed = (ResourceType.TOPIC, "encryption", ResourcePatternType.PREFIXED)
    return kind(*prefixed, principal, "*", AclOperation.ALL, AclPermissionType.ALLOW)


@pytest.fixture
def _restarted(sandbox) -> Iterator[None]:
    """Restart what a test killed."""
    yield
    sandbox.start()


def test_the_topic_has_its_partitions_and_copies(admin):
    topic = admin.list_topics(TOPIC, timeout=SECONDS).topics[TOPIC]

    assert [len(p.replicas) for p in topic.partitions.values()] == [3] * 10


def test_the_topic_has_exactly_the_declared_config(admin):
    asked = [ConfigResource(ConfigResource.Type.TOPIC, TOPIC)]
    config = result(admin.describe_configs(asked))

    own = {
        name: entry.value
        for name, entry in config.items()
        if entry.source == ConfigSource.DYNAMIC_TOPIC_CONFIG.value
    }
    assert own == {
        "cleanup.policy": "delete",
        "compression.type": "lz4",
        "max.message.bytes": "1048588",
        "message.timestamp.type": "LogAppendTime",
        "min.insync.replicas": "2",
        "retention.bytes": "-1",
        "retention.ms": "220752000000",
        "segment.bytes": "1073741824",
        "unclean.leader.election.enable": "false",
    }


def test_the_cluster_has_exactly_the_declared_acls(admin):
    acls = admin.describe_acls(EVERY_ACL).result(SECONDS)

    reported = {
        (a.principal, a.permission_type.name, a.operation.name, a.restype.name, a.name)
        for a in acls
    }
    pulumi = {
        ("User:pulumi", "ALLOW", operation, kind, name)
        for kind, name, operations in (
            ("BROKER", "kafka-cluster", "ALTER"),
            ("TOPIC", TOPIC, "CREATE DELETE ALTER ALTER_CONFIGS"),
        )
        for operation in operations.split()
    }
    assert {(a.resource_pattern_type.name, a.host) for a in acls} == {("LITERAL", "*")}
    assert reported == pulumi | {
        ("User:encryption-audit-service", "ALLOW", "WRITE", "TOPIC", TOPIC),
        ("User:audit-query-service", "ALLOW", "READ", "TOPIC", TOPIC),
        ("User:audit-query-service", "ALLOW", "READ", "GROUP", "audit-query-service"),
        ("User:audit-reconciliation", "ALLOW", "READ", "TOPIC", TOPIC),
        ("User:audit-reconciliation", "ALLOW", "READ", "GROUP", "audit-reconciliation"),
        ("User:*", "DENY", "DELETE", "TOPIC", TOPIC),
    }


def test_the_producer_writes_what_the_consumer_reads_in_its_group(sandbox):
    values = [f"record {number}" for number in range(100)]

    assert write(sandbox.world, "encryption-audit-service", values) == (sorted(values), [])
    assert read(sandbox.world, *CONSUMER, values) == sorted(values)


def test_the_producer_may_not_read_and_not_delete(sandbox):
    producer = "encryption-audit-service"
    client = AdminClient(settings(sandbox.world, producer))

    assert read(sandbox.world, producer, producer, ["any"]) == "GROUP_AUTHORIZATION_FAILED"
    assert code(lambda: result(client.delete_topics([TOPIC]))) == REFUSED
    assert code(lambda: delete_records(client)) == REFUSED


def test_the_consumer_may_not_write_and_not_read_in_another_group(sandbox):
    consumer = "audit-query-service"

    assert write(sandbox.world, consumer, ["forged"]) == ([], [REFUSED])
    assert read(sandbox.world, consumer, "other", ["any"]) == "GROUP_AUTHORIZATION_FAILED"


def test_a_client_without_acls_may_do_nothing(sandbox):
    unmanaged = add_client(sandbox.world, "unmanaged")

    assert TOPIC not in unmanaged.list_topics(timeout=SECONDS).topics
    to_itself = allow_everything("User:unmanaged", AclBinding)
    assert (
        code(lambda: result(unmanaged.create_acls([to_itself]))) == "CLUSTER_AUTHORIZATION_FAILED"
    )
    assert code(lambda: result(unmanaged.delete_topics([TOPIC]))) == REFUSED
    assert write(sandbox.world, "unmanaged", ["forged"]) == ([], [REFUSED])


def test_even_a_prefixed_acl_for_all_operations_deletes_no_audit_record(sandbox, intruder):
    allowed = write(sandbox.world, "intruder", ["forged"])

    assert allowed == (["forged"], [])  # so the ACL is in effect
    assert code(lambda: delete_records(intruder)) == REFUSED
    assert code(lambda: result(intruder.delete_topics([TOPIC]))) == REFUSED
    earliest = {TopicPartition(TOPIC, number): OffsetSpec.earliest() for number in range(10)}
    fresh = kafka.admin(sandbox.world)  # the shared client may use a leader that was killed
    offsets = fresh.list_offsets(earliest)
    assert {future.result(SECONDS).offset for future in offsets.values()} == {0}


@pytest.mark.usefixtures("_restarted")
def test_with_one_broker_killed_writes_continue_and_none_is_lost(sandbox):
    values = [f"while a broker dies {number}" for number in range(2000)]

    written = write(
        sandbox.world,
        "encryption-audit-service",
        values,
        during=lambda: sandbox.kill("kafka-2"),
    )

    assert written == (sorted(values), [])
    assert read(sandbox.world, *CONSUMER, values) == sorted(values)


def delete_records(client) -> None:
    everything = [TopicPartition(TOPIC, number, -1) for number in range(10)]
    for future in client.delete_records(everything).values():
        future.result(SECONDS)
