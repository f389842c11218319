"""Kafka: the ACLs of Pulumi's principal, as commands of Kafka's own tool."""

import shlex
from collections.abc import Iterable, Iterator

from grants.declared import Declared

# Pulumi reads brokers and ACLs, writes ACLs, and moves replicas.
_CLUSTER = ("Alter", "Describe", "DescribeConfigs")
# A deny ACL on an audit topic forbids Delete; it binds Pulumi, because it is no super user.
_TOPIC = ("Alter", "AlterConfigs", "Create", "Delete", "Describe", "DescribeConfigs")


def commands(declared: Declared) -> str:
    """Return one command for the cluster, and one for the topics."""
    topics = sorted(inputs["name"] for inputs in declared.of_type("kafka:index/topic:Topic"))
    tool = [
        "kafka-acls.sh",
        *("--bootstrap-server", ",".join(declared.settings.kafka.bootstrap_servers)),
        *("--command-config", "admin.properties"),
        "--add",
        *("--allow-principal", f"User:{declared.user}"),
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
