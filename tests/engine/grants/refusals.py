"""Rights that are taken away, and runs of Pulumi that are refused."""

import re
from collections.abc import Sequence
from typing import Any

import yaml
from confluent_kafka.admin import (
    AclBindingFilter,
    AclOperation,
    AclPermissionType,
    AdminClient,
    ResourcePatternType,
    ResourceType,
)

from sandbox.estate.grants import granted
from tests.engine.kafka_clients import result

YES = ("--yes", "--skip-preview")
UP = ("up", *YES)
ROLES = ("ClusterRole", "Role")


def refused(sandbox, *arguments: str, **options: Any) -> str:
    """Return what a refused run of Pulumi reports, in one line."""
    done = sandbox.pulumi(*arguments, **options)
    assert done.returncode != 0, done.stdout
    assert "Traceback" not in done.stdout
    return " ".join(done.stdout.split())


def without(policy: str, path: str, capability: str) -> str:
    """Return *policy* without one capability of one path."""
    lines = policy.splitlines()
    (number,) = [n for n, line in enumerate(lines) if line.startswith(f'path "{path}"')]
    shorter = re.sub(rf'"{capability}"(, )?', "", lines[number]).replace(", ]", "]")
    assert shorter != lines[number]
    lines[number] = "" if "[]" in shorter else shorter
    return "\n".join(lines)


def revoke(brokers: AdminClient, operation: AclOperation, name: str) -> None:
    """Revoke one operation on a topic, or on the cluster."""
    kind = ResourceType.BROKER if name == "kafka-cluster" else ResourceType.TOPIC
    literal, allow = ResourcePatternType.LITERAL, AclPermissionType.ALLOW
    acl = AclBindingFilter(kind, name, literal, "User:pulumi", "*", operation, allow)
    result(brokers.delete_acls([acl]))


def described(*kinds: str) -> Sequence[dict[str, Any]]:
    """Return the printed objects of these kinds."""
    return [d for d in yaml.safe_load_all(granted("kubernetes")) if d["kind"] in kinds]


def take(cluster, verb: str) -> None:
    """Take *verb* away from Pulumi on every kind of object."""
    for role in described(*ROLES):
        for rule in role["rules"]:
            rule["verbs"].remove(verb)
        cluster.apply(role)
