"""KafkaTopics declares topics and the least ACLs of their producers and consumers."""

from typing import Any, cast

import pytest

from components import InvalidArgumentsError, KafkaTopics, KafkaTopicsArgs, TopicArgs

CONFIG = {"cleanup.policy": "delete", "retention.ms": "86400000"}


def topic(**changes: Any) -> TopicArgs:
    args = TopicArgs(
        partitions=6,
        config=dict(CONFIG),
        expected={"records_per_second": 1000, "record_bytes": 500},
        producers=["shop"],
        consumers=["kitchen"],
    )
    return cast("TopicArgs", {**args, **changes})


def declared(deploy, *, idempotent_write=False, **topics: TopicArgs):
    args = KafkaTopicsArgs(topics=topics, replication_factor=3, idempotent_write=idempotent_write)
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
            "config": CONFIG,
        }
    }


def test_a_producer_may_write_and_a_consumer_may_read_in_its_group(deploy):
    plan = declared(deploy, orders=topic())

    assert plan.of_type("kafka:index/acl:Acl") == {
        "topics-orders-shop-write": acl("User:shop", "Write", "Topic", "orders"),
        "topics-orders-kitchen-read": acl("User:kitchen", "Read", "Topic", "orders"),
        "topics-kitchen-group": acl("User:kitchen", "Read", "Group", "kitchen"),
    }


def test_deletion_is_denied_to_every_principal_on_request(deploy):
    plan = declared(deploy, orders=topic(deny_deletion=True))

    assert plan.of_type("kafka:index/acl:Acl")["topics-orders-deny-deletion"] == acl(
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
            {"config": CONFIG | {"retention.ms": "-1"}},
            "orders: records never expire, so there is no size estimate",
        ),
    ],
)
def test_the_preview_reports_how_large_a_topic_becomes(deploy, monkeypatch, changes, sentence):
    messages = []
    monkeypatch.setattr("pulumi.log.info", lambda message, _: messages.append(message))

    declared(deploy, orders=topic(**changes))

    assert messages == [sentence]


def test_principals_and_hosts_are_arguments(deploy):
    args = KafkaTopicsArgs(
        topics={"orders": topic(consumers=[])},
        replication_factor=3,
        principal_template="User:CN={service},O=Example",
        client_host="10.0.0.1",
    )
    plan = deploy(lambda: KafkaTopics("topics", args))

    (granted,) = plan.of_type("kafka:index/acl:Acl").values()
    assert (granted["aclPrincipal"], granted["aclHost"]) == ("User:CN=shop,O=Example", "10.0.0.1")


def test_wrong_arguments_are_refused_all_at_once_before_anything_is_declared():
    args: Any = {
        "topics": {"new orders": topic(partitions=0)},
        "replication_factor": 0,
        "principal_template": "service",
    }

    with pytest.raises(InvalidArgumentsError) as refused:
        KafkaTopics("topics", args)

    assert str(refused.value) == (
        "KafkaTopics 'topics' is not declared: replication_factor: 0 copies: pass 1 to 32767; "
        "principal_template: 'service': is no principal: start it with `User:`; topics.new orders: "
        "'new orders': Kafka allows 1 to 249 letters, digits, `.`, `_` and `-`: rename it; "
        "topics.new orders.partitions: 0: pass at least 1"
    )


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"client_host": "localhost"}, "client_host: 'localhost': Kafka compares it with the "),
        (
            {"principal_template": "User:{service}{env}"},
            "principal_template: 'User:{service}{env}'",
        ),
        (
            {"topics": {"a.b": topic(), "a_b": topic()}},
            "topics.a_b: Kafka's metrics mix it up with",
        ),
        (
            {"topics": {"a": topic(producers=["b", "b"])}},
            "topics: two ACLs have the name 'a-b-write'",
        ),
        (
            {"topics": {"a": topic(config={"retention.ms": "week"})}},
            "topics.a.config.retention.ms: 'week' is not a whole number: pass one",
        ),
        (
            {"topics": {"a": topic(expected={"records_per_second": 10**12, "record_bytes": 1})}},
            "topics.a.expected.records_per_second: 1000000000000: pass 1 to 2147483647",
        ),
    ],
)
def test_what_a_broker_refuses_or_never_matches_is_refused(changes, reason):
    args: Any = {"topics": {"a": topic()}, "replication_factor": 3} | changes

    with pytest.raises(InvalidArgumentsError) as refused:
        KafkaTopics("topics", args)

    assert str(refused.value).startswith(f"KafkaTopics 'topics' is not declared: {reason}")
