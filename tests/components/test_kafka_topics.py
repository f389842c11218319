"""KafkaTopics declares a topic and its least ACLs from what its owner asks for."""

from typing import Any

import pytest

from catalog import Topic
from components import KafkaTopics, KafkaTopicsArgs
from settings import KafkaSettings

CLUSTER = KafkaSettings.model_validate(
    {
        "bootstrap_servers": ["kafka:9093"],
        "tls_enabled": True,
        "sasl_mechanism": "plain",
        "replication_factor": 3,
        "audit_retention_minimum_days": 0,
        "principal_template": "User:{service}",
        "client_hosts": {"host": "*", "reason": "this is a test"},
        "idempotent_write": False,
    }
)
CONFIG = {
    "cleanup.policy": "delete",
    "compression.type": "lz4",
    "max.message.bytes": 1000,
    "message.timestamp.type": "LogAppendTime",
    "min.insync.replicas": 2,
    "retention.bytes": -1,
    "retention.ms": 86_400_000,
    "segment.bytes": 1_073_741_824,
    "unclean.leader.election.enable": False,
}


def topic(**changes: Any) -> Topic:
    entry = {
        "purpose": "Orders, for a test.",
        "audit": False,
        "partitions": 6,
        "config": CONFIG,
        "expected": {"records_per_second": 1000, "record_bytes": 500},
        "producers": ["shop"],
        "consumers": ["kitchen"],
    }
    return Topic.model_validate(entry | changes)


def declared(deploy, *, idempotent_write=False, **topics: Topic):
    args = KafkaTopicsArgs(
        topics={name.replace("_", "-"): spec for name, spec in topics.items()},
        cluster=CLUSTER.model_copy(update={"idempotent_write": idempotent_write}),
    )
    return deploy(lambda: KafkaTopics("topics", args))


def acl(principal, operation, resource_type, resource_name, permission="Allow"):
    return {
        "aclPrincipal": principal,
        "aclHost": "*",
        "aclOperation": operation,
        "aclPermissionType": permission,
        "aclResourceType": resource_type,
        "aclResourceName": resource_name,
        "resourcePatternTypeFilter": "Literal",
    }


def test_a_topic_has_its_explicit_name_and_every_declared_key(deploy):
    plan = declared(deploy, orders=topic())

    assert plan.of_type("kafka:index/topic:Topic") == {
        "topics-orders": {
            "name": "orders",
            "partitions": 6,
            "replicationFactor": 3,
            "config": {
                "cleanup.policy": "delete",
                "compression.type": "lz4",
                "max.message.bytes": "1000",
                "message.timestamp.type": "LogAppendTime",
                "min.insync.replicas": "2",
                "retention.bytes": "-1",
                "retention.ms": "86400000",
                "segment.bytes": "1073741824",
                "unclean.leader.election.enable": "false",
            },
        }
    }


def test_tiered_storage_is_declared_where_it_is_given(deploy):
    tiered = CONFIG | {"remote.storage.enable": True, "local.retention.ms": 3600000}

    plan = declared(deploy, orders=topic(config=tiered))

    config = plan.of_type("kafka:index/topic:Topic")["topics-orders"]["config"]
    assert config["remote.storage.enable"] == "true"
    assert config["local.retention.ms"] == "3600000"


def test_a_producer_may_write_and_a_consumer_may_read_in_its_group(deploy):
    plan = declared(deploy, orders=topic())

    assert plan.of_type("kafka:index/acl:Acl") == {
        "topics-orders-shop-write": acl("User:shop", "Write", "Topic", "orders"),
        "topics-orders-kitchen-read": acl("User:kitchen", "Read", "Topic", "orders"),
        "topics-kitchen-group": acl("User:kitchen", "Read", "Group", "kitchen"),
    }


def test_everybody_is_denied_to_delete_an_audit_topic(deploy):
    plan = declared(deploy, orders=topic(audit=True))

    assert plan.of_type("kafka:index/acl:Acl")["topics-orders-nobody-deletes"] == acl(
        "User:*", "Delete", "Topic", "orders", "Deny"
    )


def test_a_service_of_two_topics_gets_its_group_once(deploy):
    plan = declared(deploy, orders=topic(), bills=topic())

    groups = [a for a in plan.of_type("kafka:index/acl:Acl") if a.endswith("-group")]
    assert groups == ["topics-kitchen-group"]


def test_old_brokers_ask_producers_for_idempotent_write(deploy):
    plan = declared(deploy, idempotent_write=True, orders=topic(), bills=topic())

    granted = plan.of_type("kafka:index/acl:Acl")
    assert granted["topics-shop-idempotent-write"] == acl(
        "User:shop", "IdempotentWrite", "Cluster", "kafka-cluster"
    )
    assert len([name for name in granted if name.endswith("idempotent-write")]) == 1


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        (
            {},
            (
                "orders: 1,000 records/s of 500 bytes for 1 days are 0.0 TB before compression, "
                "0.1 TB in 3 copies"
            ),
        ),
        (
            {"config": CONFIG | {"retention.ms": -1}},
            "orders: kept for ever, so it has no size estimate",
        ),
    ],
)
def test_the_preview_says_how_large_a_topic_becomes(deploy, monkeypatch, changes, sentence):
    told = []
    monkeypatch.setattr("pulumi.log.info", lambda message, _: told.append(message))

    declared(deploy, orders=topic(**changes))

    assert told == [sentence]
