"""Access to the state of a stack through the `pulumi` CLI."""

import json
import subprocess
from collections.abc import Mapping, Sequence
from typing import Any


def pulumi(*arguments: str, given: str | None = None) -> str:
    """
    Run the `pulumi` on PATH and return its standard output.

    Raises:
        subprocess.CalledProcessError: It failed; standard error has the reason.
    """
    return subprocess.run(
        ["pulumi", "--non-interactive", *arguments],  # noqa: S607 - the user's own, from PATH
        input=given,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    ).stdout


def export(stack: str, *flags: str) -> dict[str, Any]:
    """Return the state of *stack*; its secrets stay encrypted unless *flags* reveal them."""
    state: dict[str, Any] = json.loads(pulumi("stack", "export", "--stack", stack, *flags))
    return state


def existing(state: Mapping[str, Any]) -> Sequence[tuple[str, str]]:
    """Return the type and id of each custom resource in *state*, without the providers."""
    return sorted(
        (resource["type"], resource["id"])
        for resource in state["deployment"].get("resources", [])
        if resource.get("custom") and not resource["type"].startswith("pulumi:providers:")
    )
