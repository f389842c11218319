"""Topics and ACLs that nobody declared."""

import pytest

from tests.waqiti.states import provider, resource
from tests.waqiti.unmanaged.stacks import found, stack
from waqiti.unmanaged import kafka
from waqiti.unmanaged.kafka import unmanaged

OURS, THEIRS = "User:a|*|Read|Allow|Topic|t|Literal", "User:b|*|Read|Allow|Topic|t|Literal"


@pytest.fixture
def asked(monkeypatch):
    """Provide the arguments with which a cluster is connected to that has four topics."""
    given = []

    class Cluster:
        def __init__(self, *arguments, tls):
            given.append((*arguments, tls))

        def acls(self):
            return frozenset({OURS, THEIRS})

        def topics(self):
            return frozenset({"ours", "theirs", "__consumer_offsets", "__transaction_state"})

    monkeypatch.setattr(kafka, "Kafka", Cluster)
    return given


def declared():
    own = provider(
        "kafka", bootstrapServers='["k:9093"]', saslMechanism="scram-sha512", tlsEnabled="true"
    )
    return stack(
        own,
        resource(own, "kafka:index/acl:Acl", OURS),
        resource(own, "kafka:index/topic:Topic", "ours"),
    )


def test_what_nobody_declared_is_named_without_internal_topics(asked, monkeypatch):
    monkeypatch.setenv("KAFKA_SASL_USERNAME", "pulumi")

    assert found(unmanaged, declared()) == [f"Kafka ACL {THEIRS}", "Kafka topic theirs"]
    assert asked == [(["k:9093"], "scram-sha512", True)]


def test_without_a_user_the_certificate_is_used(asked, monkeypatch):
    monkeypatch.delenv("KAFKA_SASL_USERNAME", raising=False)
    found(unmanaged, declared())

    assert asked == [(["k:9093"], None, True)]
