"""Kafka's ACLs, from commands of its own tool: a start of the tool takes seconds, this none."""

import argparse
import re
import shlex
from collections.abc import Iterator

from confluent_kafka.admin import (
    AclBinding,
    AclOperation,
    AclPermissionType,
    ResourcePatternType,
    ResourceType,
)


def bindings(commands: str) -> Iterator[AclBinding]:
    """Yield the ACLs that *commands*, one `kafka-acls.sh --add` a line, would add."""
    for line in commands.splitlines():
        if words := shlex.split(line, comments=True):
            given = _parser(words[0]).parse_args(words[1:])
            resources = [(ResourceType.TOPIC, topic) for topic in given.topic]
            if given.cluster:
                resources.append((ResourceType.BROKER, "kafka-cluster"))
            for kind, name in resources:
                for operation in given.operation:
                    yield _allow(kind, name, given.allow_principal, operation)


def _parser(program: str) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(program, allow_abbrev=False, exit_on_error=False)
    parser.add_argument("--bootstrap-server", required=True)
    parser.add_argument("--command-config", required=True)
    parser.add_argument("--add", action="store_true", required=True)
    parser.add_argument("--allow-principal", required=True)
    parser.add_argument("--operation", action="append", required=True)
    parser.add_argument("--cluster", action="store_true")
    parser.add_argument("--topic", action="append", default=[])
    return parser


def _allow(kind: ResourceType, name: str, principal: str, operation: str) -> AclBinding:
    literal, allow = ResourcePatternType.LITERAL, AclPermissionType.ALLOW
    # The tool's DescribeConfigs is the client's DESCRIBE_CONFIGS.
    value = AclOperation[re.sub(r"(?<=[a-z])(?=[A-Z])", "_", operation).upper()]
    return AclBinding(kind, name, literal, principal, "*", value, allow)
