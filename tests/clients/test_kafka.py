"""An ACL has the id with which the provider imports it."""

import pytest
from confluent_kafka.admin import (
    AclBinding,
    AclOperation,
    AclPermissionType,
    ResourcePatternType,
    ResourceType,
)

from clients.failures import NoAnswerError
from clients.kafka import Kafka, import_id


@pytest.mark.parametrize(
    ("kind", "name", "pattern", "operation", "permission", "identity"),
    [
        ("TOPIC", "orders", "LITERAL", "WRITE", "ALLOW", "Write|Allow|Topic|orders|Literal"),
        ("TOPIC", "audit-", "PREFIXED", "DELETE", "DENY", "Delete|Deny|Topic|audit-|Prefixed"),
        ("GROUP", "shop", "LITERAL", "READ", "ALLOW", "Read|Allow|Group|shop|Literal"),
        (
            "BROKER",  # librdkafka's word for the cluster
            "kafka-cluster",
            "LITERAL",
            "IDEMPOTENT_WRITE",
            "ALLOW",
            "IdempotentWrite|Allow|Cluster|kafka-cluster|Literal",
        ),
    ],
)
def test_the_words_are_those_of_the_provider(kind, name, pattern, operation, permission, identity):
    acl = AclBinding(
        ResourceType[kind],
        name,
        ResourcePatternType[pattern],
        "User:shop",
        "*",
        AclOperation[operation],
        AclPermissionType[permission],
    )

    assert import_id(acl) == f"User:shop|*|{identity}"


def test_without_a_user_nothing_is_asked(monkeypatch):
    monkeypatch.delenv("KAFKA_SASL_PASSWORD", raising=False)

    with pytest.raises(NoAnswerError) as failed:
        Kafka(["kafka:9093"], "plain", tls=True)

    assert str(failed.value) == (
        "Kafka at kafka:9093 needs a user: set KAFKA_SASL_USERNAME and KAFKA_SASL_PASSWORD"
    )
