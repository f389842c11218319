"""Kafka: the ACLs of Pulumi's principal, as commands of Kafka's own tool."""

import shlex
from collections.abc import Iterable, Iterator

from grants.declared import Declared
from systems.kafka import principal

# Alter implies Describe, and AlterConfigs implies DescribeConfigs. On the cluster, Alter writes
# ACLs and moves replicas. On an audit topic, a deny ACL forbids Delete, also to Pulumi.
_CLUSTER = ("Alter",)
_TOPIC = ("Alter", "AlterConfigs", "Create", "Delete")


def commands(declared: Declared) -> str:
    """Return one command for the cluster, and one for the topics."""
    kafka = declared.settings.kafka
    topics = sorted(inputs["name"] for inputs in declared.of_type("kafka:index/topic:Topic"))
    tool = [
        "kafka-acls.sh",
        *("--bootstrap-server", ",".join(kafka.bootstrap_servers)),
        *("--command-config", "admin.properties"),
        "--add",
        *("--allow-principal", principal(kafka.principal_template, declared.user)),
    ]
    lines = [
        "# admin.properties has the credential of an administrator of the cluster.",
        shlex.join([*tool, *_flags("--operation", _CLUSTER), "--cluster"]),
        shlex.join([*tool, *_flags("--operation", _TOPIC), *_flags("--topic", topics)]),
    ]
    return "".join(f"{line}\n" for line in lines)


def _flags(flag: str, values: Iterable[str]) -> Iterator[str]:
    for value in values:
        yield from (flag, value)
