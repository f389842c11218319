"""Kafka: the ACLs of Pulumi's principal, as commands of Kafka's own tool."""

import shlex
from collections.abc import Iterable, Iterator, Mapping, Sequence

from grants.declared import Declared
from systems.kafka import principal

# Alter implies Describe, and AlterConfigs implies DescribeConfigs. On the cluster, Alter writes
# ACLs and moves replicas. On an audit topic, a deny ACL forbids Delete, also to Pulumi.
_CLUSTER = ("Alter",)
_TOPIC = ("Alter", "AlterConfigs", "Create", "Delete")

CREDENTIAL = "# admin.properties has the credential of an administrator of the cluster."


def rights(declared: Declared) -> tuple[Sequence[str], Mapping[str, Sequence[str]]]:
    """
    Return Pulumi's operations on the cluster, and those on each topic.

    What the stack denies to everybody is not among them.
    """
    denied = {
        (inputs["aclResourceName"], inputs["aclOperation"])
        for inputs in declared.of_type("kafka:index/acl:Acl")
        if inputs["aclPermissionType"] == "Deny"
    }
    return _CLUSTER, {
        topic: [operation for operation in _TOPIC if (topic, operation) not in denied]
        for topic in _topics(declared)
    }


def commands(declared: Declared) -> str:
    """Return one command for the cluster, and one for the topics."""
    own, topics = tool(declared), _topics(declared)
    lines = [
        CREDENTIAL,
        shlex.join([*own, *_flags("--operation", _CLUSTER), "--cluster"]),
        shlex.join([*own, *_flags("--operation", _TOPIC), *_flags("--topic", topics)]),
    ]
    return "".join(f"{line}\n" for line in lines)


def tool(declared: Declared) -> Sequence[str]:
    """Return the beginning of a command that allows something to Pulumi's principal."""
    kafka = declared.settings.kafka
    return [
        "kafka-acls.sh",
        *("--bootstrap-server", ",".join(kafka.bootstrap_servers)),
        *("--command-config", "admin.properties"),
        "--add",
        *("--allow-principal", principal(kafka.principal_template, declared.user)),
    ]


def _topics(declared: Declared) -> Sequence[str]:
    return sorted(inputs["name"] for inputs in declared.of_type("kafka:index/topic:Topic"))


def _flags(flag: str, values: Iterable[str]) -> Iterator[str]:
    for value in values:
        yield from (flag, value)
