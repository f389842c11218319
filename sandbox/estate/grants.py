"""The rights of Pulumi and of the cluster's operators: those of production, by its own command."""

import json
import subprocess
import sys
from functools import cache

from sandbox.estate.stack import STACK, TRANSIT_KEY
from sandbox.world import CHECKOUT, SandboxError


@cache  # of a process: the command takes two seconds
def _granted(stack: str) -> dict[str, str]:
    command = [sys.executable, "-m", "waqiti", "grants", stack, "--json"]
    done = subprocess.run(
        [*command, "--transit-key", TRANSIT_KEY],
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise SandboxError(f"the rights of Pulumi are not known: {done.stderr.strip()}")
    return dict(json.loads(done.stdout))


def granted(system: str) -> str:
    """Return what production's administrator would grant in *system*."""
    return _granted(STACK)[system]
