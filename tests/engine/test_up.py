"""`pulumi up`, drift, and a killed `up`: state and brokers afterwards."""

import json
import os
import re
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from confluent_kafka.admin import AlterConfigOpType, ConfigEntry, ConfigResource

from sandbox.engine.stacks import open_stack
from sandbox.servers import kafka
from tests.conftest import ROOT
from tests.engine.kafka_clients import TOPIC, result

pytestmark = [pytest.mark.minutes(7), pytest.mark.own_sandbox]

# The shortest deadline that a busy machine meets; waiting ends at the first sign.
_DEADLINE_SECONDS = 60


def comparable(state: dict[str, Any]) -> list[dict[str, Any]]:
    """
    Return a state without the values that a server generates at each creation.

    These are ids, unless they are names of ours, and keys and times. Dependencies are sorted,
    because the engine keeps no order among them.
    """
    kept = ("urn", "type", "parent", "provider", "protect", "custom", "dependencies", "inputs")
    resources = sorted(state["resources"], key=lambda resource: resource["urn"])
    reported = [
        {key: r.get(key) for key in kept}
        | {"made": "id" in r, "dependencies": sorted(r.get("dependencies", []))}
        for r in resources
    ]
    text = json.dumps(reported)
    for resource in resources:
        if (identity := resource.get("id")) and resource["type"].startswith(
            ("pulumi", "pagerduty")
        ):
            text = text.replace(identity, f"id of {resource['urn']}")
    return json.loads(re.sub(r'"ciphertext": "[^"]*"', '"ciphertext": ""', text))


def test_an_up_prints_no_warning_and_a_second_one_changes_nothing(sandbox):
    reported = sandbox.up()

    assert re.search(r"Resources:\n    \d+ unchanged\n\nDuration", reported)
    assert "warning" not in reported.lower()
    assert "traceback" not in reported.lower()


def test_no_file_beside_the_state_can_be_damaged_by_a_kill(sandbox):
    stacks = sandbox.world.folder / "state/.pulumi/stacks/waqiti"

    assert {"local.json", "local.json.bak"} <= {file.name for file in stacks.iterdir()}
    assert list(stacks.glob("*.attrs")) == []


def test_a_preview_with_refresh_shows_no_change(sandbox):
    done = sandbox.pulumi("preview", "--refresh", "--expect-no-changes")

    assert done.returncode == 0, done.stdout


def test_a_manual_change_is_reported_and_corrected(sandbox):
    admin = kafka.admin(sandbox.world)
    resource = ConfigResource(
        ConfigResource.Type.TOPIC,
        TOPIC,
        incremental_configs=[
            ConfigEntry("retention.ms", "60000", incremental_operation=AlterConfigOpType.SET)
        ],
    )
    result(admin.incremental_alter_configs([resource]))

    drift = sandbox.pulumi("preview", "--refresh", "--expect-no-changes", "--diff")
    sandbox.up("--refresh")

    assert drift.returncode != 0
    assert TOPIC in drift.stdout
    assert '"60000" => "220752000000"' in " ".join(drift.stdout.split())
    config = result(admin.describe_configs([ConfigResource(ConfigResource.Type.TOPIC, TOPIC)]))
    assert config["retention.ms"].value == "220752000000"


@pytest.fixture
def emptied(sandbox) -> Iterator[Callable[[], None]]:
    """Provide a function that destroys the stack; apply the stack again after the test."""

    def empty() -> None:
        done = sandbox.pulumi("destroy", "--yes")
        assert done.returncode == 0, done.stdout
        sandbox.start()  # the seed deletes the released volumes, as an administrator does

    yield empty
    sandbox.up()


def kill_up(sandbox, at: Callable[[str], bool], after: float) -> bool:
    """
    Start an `up`; kill it and all its children *after* seconds from the moment *at*.

    Report whether the moment was seen: on a busy machine it may pass between two polls.
    """
    environment = open_stack(sandbox.world, "local", sandbox.engine)
    running = subprocess.Popen(
        ["pulumi", "--non-interactive", "up", "--yes", "--skip-preview"],
        cwd=ROOT,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    checkpoint = sandbox.world.folder / "state/.pulumi/stacks/waqiti/local.json"
    deadline = time.monotonic() + _DEADLINE_SECONDS
    while not at(checkpoint.read_text()):
        if running.poll() is not None:
            return False
        assert time.monotonic() < deadline
        time.sleep(0.005)
    time.sleep(after)
    os.killpg(running.pid, signal.SIGKILL)
    running.wait()
    return True


def creating(name: str) -> Callable[[str], bool]:
    """Search a checkpoint's text for a pending operation, because parsing the JSON is too slow."""
    own = re.compile(rf'"urn": *"[^"]*::{re.escape(name)}"')

    def is_under_way(checkpoint: str) -> bool:
        return own.search(checkpoint.partition('"pending_operations"')[2]) is not None

    return is_under_way


@pytest.mark.parametrize(
    ("name", "after"),
    [
        ("topics-encryption-audit-log", 0),
        ("topics-encryption-audit-log", 0.9),
        ("paging-escalation", 0.05),
        ("paging-service", 0.05),
        ("paging-events-1", 0.02),
        ("alerting-secrets-alerting-pagerduty", 0.02),
        ("dashboards-folder", 0.01),
    ],
)
def test_a_killed_up_that_is_run_again_ends_as_an_uninterrupted_one(sandbox, emptied, name, after):
    def attempt() -> bool:
        emptied()
        return kill_up(sandbox, creating(name), after)

    undisturbed = comparable(sandbox.state())

    assert any(attempt() for _ in range(3))
    resumed = sandbox.waqiti("resume")
    sandbox.up()

    assert resumed.returncode == 0, resumed.stdout
    assert "was cut off" in resumed.stdout
    assert comparable(sandbox.state()) == undisturbed
    clean = sandbox.pulumi("preview", "--refresh", "--expect-no-changes")
    assert clean.returncode == 0, clean.stdout
    assert sandbox.waqiti("verify").stdout == ""
