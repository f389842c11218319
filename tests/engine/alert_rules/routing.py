"""The routing of a stack, and the tools that judge it."""

import subprocess
import sys
from pathlib import Path

from components.alert_routing.configuration import configuration
from program import wiring
from tests.alert_rules.rule_files import RULES
from tests.conftest import stack_settings

AMLINT = Path(sys.executable).with_name("amlint")


def run(*command):
    return subprocess.run(
        [str(part) for part in command],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )


def config_of(stack):
    args = wiring.alert_routing(stack_settings(stack))
    return configuration(args, args["object_name"], str(args["pager"]["events_url"]))


def labelled(labels):
    return [f"{name}={value}" for name, value in labels.items()]


def of(alert, service, stack="prod"):
    labels = RULES[alert].labels.model_dump() | {"alertname": alert, "service": service}
    return labels | {"platform": "waqiti", "stack": stack}
