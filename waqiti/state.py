"""The state of a stack, read and written through the engine."""

import json
import subprocess
from collections.abc import Mapping, Sequence
from typing import Any


def pulumi(*arguments: str, given: str | None = None) -> str:
    """
    Run the `pulumi` on PATH; give what it printed.

    Raises:
        subprocess.CalledProcessError: It refused; it has told why on standard error.
    """
    return subprocess.run(
        ["pulumi", "--non-interactive", *arguments],  # noqa: S607 - the user's own, from PATH
        input=given,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    ).stdout


def export(stack: str, *flags: str) -> dict[str, Any]:
    """Read the state of *stack*; secrets in it stay encrypted unless *flags* say otherwise."""
    state: dict[str, Any] = json.loads(pulumi("stack", "export", "--stack", stack, *flags))
    return state


def existing(state: Mapping[str, Any]) -> Sequence[tuple[str, str]]:
    """Give type and id of everything outside Pulumi that *state* knows."""
    return sorted(
        (resource["type"], resource["id"])
        for resource in state["deployment"].get("resources", [])
        if resource.get("custom") and not resource["type"].startswith("pulumi:providers:")
    )
