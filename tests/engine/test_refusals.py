"""
With prod's own file on the sandbox, only its addresses replaced: what destroys is refused.

"Before anything is touched" is asked of the brokers: their topics, partitions and settings are read
before and after.
"""

import re

import pytest
from confluent_kafka.admin import ConfigResource

from sandbox import kafka
from tests.engine.kafka_clients import SECONDS, TOPIC, result

BOTH_WAYS = pytest.mark.parametrize("flags", [(), ("--skip-preview",)], ids=["up", "no preview"])


@pytest.fixture(scope="module")
def prod(copied):
    """Give a sandbox on which `prod` was applied, in place of `local`."""
    own = copied()
    try:
        own.start()
        own.up()
        done = own.pulumi("destroy", "--yes")
        assert done.returncode == 0, done.stdout
        own.up(stack="prod")
        yield own
    finally:
        own.stop()


def everything(world):
    admin = kafka.admin(world)
    topic = admin.list_topics(TOPIC, timeout=SECONDS).topics[TOPIC]
    config = result(admin.describe_configs([ConfigResource(ConfigResource.Type.TOPIC, TOPIC)]))
    return (
        {number: sorted(p.replicas) for number, p in topic.partitions.items()},
        {name: entry.value for name, entry in config.items()},
    )


def rewrite(program, old, new):
    path = program / "catalog/topics.yaml"
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, new))


def refused(prod, *flags, **options):
    """Try an `up`; give what it said, having seen that nothing changed on the brokers."""
    before = everything(prod.world)
    done = prod.pulumi("up", "--yes", *flags, stack="prod", **options)
    assert done.returncode != 0
    assert everything(prod.world) == before
    assert "Traceback" not in done.stdout
    return " ".join(done.stdout.split())


def test_prod_as_it_stands_changes_nothing(prod):
    assert re.search(r"Resources:\n    \d+ unchanged\n\nDuration", prod.up(stack="prod"))


@BOTH_WAYS
def test_fewer_partitions_are_refused(prod, program, flags):
    rewrite(program, "partitions: 10", "partitions: 9")

    told = refused(prod, *flags, program=program)

    assert re.search(r"unable to replace resource \S+topics-encryption-audit-log\S*", told)
    assert "protect" in told


@BOTH_WAYS
def test_a_removed_topic_is_refused(prod, program, flags):
    rewrite(program, "encryption-audit-log:", "encryption-audit-logs:")

    told = refused(prod, *flags, program=program)

    assert (
        "catalog/topics.yaml is not valid: encryption-audit-log: missing: prod keeps its audit "
        "log, and the records in it"
    ) in told


@BOTH_WAYS
def test_a_shorter_retention_is_refused(prod, program, flags):
    rewrite(program, "220752000000", "220751999999")

    told = refused(prod, *flags, program=program)

    assert (
        "catalog/topics.yaml is not valid: encryption-audit-log.config.retention.ms: an audit "
        "topic keeps its records for at least 220752000000 ms (2,555 days) (got 220751999999)"
    ) in told


@BOTH_WAYS
def test_fewer_copies_are_refused(prod, flags):
    told = refused(prod, *flags, kafka={"replication_factor": 2})

    assert (
        "Pulumi.prod.yaml is not valid: kafka.replication_factor: prod keeps at least 3 copies of "
        "every partition (got 2)"
    ) in told
