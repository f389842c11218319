"""Kill an `up` at a chosen point, and run it again."""

import json
import os
import re
import signal
import subprocess
import time
from collections.abc import Callable, Mapping
from typing import Any

from tests.engine.sandboxes import Sandbox

# The shortest deadline that a busy machine meets; waiting ends at the first sign.
_DEADLINE_SECONDS = 60
_ATTEMPTS = 5


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


def kill_and_resume(
    sandbox: Sandbox,
    undisturbed: list[dict[str, Any]],
    reached: Callable[[], bool],
    after: float = 0,
) -> None:
    """
    Destroy the stack, kill an `up` *after* seconds from the moment *reached*, and resume.

    Check that everything is then as *undisturbed*, the state of an uninterrupted `up`.
    """

    def attempt() -> bool:
        done = sandbox.pulumi("destroy", "--yes", "--skip-preview")
        assert done.returncode == 0, done.stdout
        sandbox.start()  # the seed deletes the released volumes, as an administrator does
        return kill_up(sandbox, reached, after)

    assert any(attempt() for _ in range(_ATTEMPTS))
    resumed = sandbox.waqiti("resume")
    assert resumed.returncode == 0, resumed.stdout
    sandbox.up()

    assert "was cut off" in resumed.stdout
    assert comparable(sandbox.state()) == undisturbed
    clean = sandbox.pulumi("preview", "--refresh", "--expect-no-changes")
    assert clean.returncode == 0, clean.stdout
    assert sandbox.waqiti("verify").stdout == ""


def creating(sandbox: Sandbox, name: str) -> Callable[[], bool]:
    """Search the checkpoint's text for a pending creation: parsing the JSON is too slow."""
    own = re.compile(rf'"urn": *"[^"]*::{re.escape(name)}"')
    checkpoint = sandbox.world.folder / "state/.pulumi/stacks/waqiti/local.json"

    def is_under_way() -> bool:
        pending = checkpoint.read_text().partition('"pending_operations"')[2]
        return own.search(pending) is not None

    return is_under_way


def kill_up(
    sandbox: Sandbox,
    reached: Callable[[], bool],
    after: float = 0,
    **changes: Mapping[str, object],
) -> bool:
    """
    Start an `up`; kill it and all its children *after* seconds from the moment *reached*.

    Report whether the moment was seen: on a busy machine it may pass between two polls.
    """
    environment = sandbox.environment(**changes)
    running = subprocess.Popen(
        ["pulumi", "--non-interactive", "up", "--yes", "--skip-preview"],
        cwd=sandbox.program,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    deadline = time.monotonic() + _DEADLINE_SECONDS
    while not reached():
        if running.poll() is not None:
            return False
        assert time.monotonic() < deadline
        time.sleep(0.005)
    time.sleep(after)
    os.killpg(running.pid, signal.SIGKILL)
    running.wait()
    return True
