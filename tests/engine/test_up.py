"""`pulumi up`, drift, and an `up` that is killed: what the state and the brokers say afterwards."""

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

from sandbox import kafka
from sandbox.engine import open_stack
from tests.conftest import ROOT
from tests.engine.kafka_clients import TOPIC, result

pytestmark = pytest.mark.minutes(7)

# The shortest deadline that a busy machine has kept; waiting ends at the first sign.
_DEADLINE_SECONDS = 60


def comparable(state: dict[str, Any]) -> list[dict[str, Any]]:
    """
    Give what a state says, but for what a server draws anew at each creation.

    That is: ids, where a server gives them (a name of ours stays), keys, and times. The engine
    keeps no order among dependencies.
    """
    kept = ("urn", "type", "parent", "provider", "protect", "custom", "dependencies", "inputs")
    resources = sorted(state["resources"], key=lambda resource: resource["urn"])
    told = [
        {key: r.get(key) for key in kept}
        | {"made": "id" in r, "dependencies": sorted(r.get("dependencies", []))}
        for r in resources
    ]
    text = json.dumps(told)
    for resource in resources:
        if (identity := resource.get("id")) and resource["type"].startswith(
            ("pulumi", "pagerduty")
        ):
            text = text.replace(identity, f"id of {resource['urn']}")
    return json.loads(re.sub(r'"ciphertext": "[^"]*"', '"ciphertext": ""', text))


def test_a_good_up_and_a_second_one_hold_no_warning_and_change_nothing(sandbox):
    told = sandbox.up()

    assert re.search(r"Resources:\n    \d+ unchanged\n\nDuration", told)
    assert "warning" not in told.lower()
    assert "traceback" not in told.lower()


def test_no_file_stands_beside_the_state_that_a_kill_could_tear(sandbox):
    stacks = sandbox.world.folder / "state/.pulumi/stacks/waqiti"

    assert {"local.json", "local.json.bak"} <= {file.name for file in stacks.iterdir()}
    assert list(stacks.glob("*.attrs")) == []


def test_a_preview_with_refresh_is_clean(sandbox):
    done = sandbox.pulumi("preview", "--refresh", "--expect-no-changes")

    assert done.returncode == 0, done.stdout


def test_a_change_behind_our_back_is_named_and_healed(sandbox):
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
    """Give a way to destroy the stack; it is applied again in the end."""

    def empty() -> None:
        done = sandbox.pulumi("destroy", "--yes")
        assert done.returncode == 0, done.stdout
        sandbox.start()  # an administrator releases the volumes, which are kept

    yield empty
    sandbox.up()


def kill_up(sandbox, at: Callable[[str], bool], after: float) -> bool:
    """
    Start an `up`; kill it with everything it started *after* seconds from the moment *at*.

    Tell whether that moment was seen: on a busy machine it may have passed between two looks.
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
    """Look for a pending operation in a checkpoint's text: to read it as JSON takes too long."""
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
        ("alerting-secrets-pagerduty", 0.02),
        ("dashboards-folder", 0.01),
    ],
)
def test_an_up_that_is_killed_and_run_again_ends_as_an_undisturbed_one(
    sandbox, emptied, name, after
):
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
