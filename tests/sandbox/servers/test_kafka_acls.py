"""The sandbox grants what commands of Kafka's own tool would grant."""

import argparse
from typing import Any

import pytest

from sandbox.servers.kafka_acls import bindings

TOOL = "kafka-acls.sh --bootstrap-server a:1,b:2 --command-config c --add --allow-principal User:p"


def granted(commands):
    found: list[Any] = list(bindings(commands))  # the stubs do not know that these are enums
    return [
        (b.restype.name, b.name, b.principal, b.host, b.operation.name, b.permission_type.name)
        for b in found
    ]


def test_each_operation_on_each_object_is_one_acl():
    commands = (
        "# a comment\n"
        f"{TOOL} --operation Alter --cluster\n"
        f"{TOOL} --operation AlterConfigs --operation Create --topic one --topic two\n"
    )

    assert granted(commands) == [
        ("BROKER", "kafka-cluster", "User:p", "*", "ALTER", "ALLOW"),
        ("TOPIC", "one", "User:p", "*", "ALTER_CONFIGS", "ALLOW"),
        ("TOPIC", "one", "User:p", "*", "CREATE", "ALLOW"),
        ("TOPIC", "two", "User:p", "*", "ALTER_CONFIGS", "ALLOW"),
        ("TOPIC", "two", "User:p", "*", "CREATE", "ALLOW"),
    ]


def test_a_flag_that_is_not_understood_is_refused():
    with pytest.raises((argparse.ArgumentError, SystemExit)):
        granted(f"{TOOL} --operation Alter --group one")
