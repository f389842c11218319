"""
Find what exists already under the identity of what a stack would create.

Nothing is changed. The file that is written is the input of `pulumi import`.
"""

import argparse
import json
import os
import sys
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

from waqiti.adopt.differences import Comparison, comparisons
from waqiti.adopt.encryption import encrypted
from waqiti.adopt.existing import find
from waqiti.adopt.import_file import filled
from waqiti.adopt.plan import read_plan
from waqiti.adopt.table import next_steps, rows
from waqiti.adopt.trial import steps_after_import

HELP = "write an import file for what exists already, and show how it differs"

_FOLDER = Path(".waqiti")
_FOUND, _UNKNOWN = 1, 3


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the command."""
    parser.add_argument("stack")


def run(arguments: argparse.Namespace) -> int:
    """
    Run the command.

    Returns:
        0 if what exists is as declared, 1 if something differs, 3 if a system did not answer.

    Raises:
        NoAnswerError: PATH has no `pulumi`, or its output is not what this module reads.
        subprocess.CalledProcessError: The engine failed.
    """
    stack: str = arguments.stack
    plan = read_plan(stack)
    found = find(plan.creations)
    if found.unknown:
        for sentence in found.unknown:
            print(f"error: {sentence}", file=sys.stderr)
        print("error: nothing was written", file=sys.stderr)
        return _UNKNOWN
    compared = {urn: Comparison([why]) for urn, why in found.ambiguous.items()}
    if found.ids:
        compared |= comparisons(steps_after_import(stack, found.ids))
    adopted = {u: i for u, i in found.ids.items() if u not in compared or not compared[u].replaced}
    for line in rows(plan.creations, found, compared):
        print(line)
    if adopted:
        file = _write(stack, filled(plan, adopted, partial(encrypted, stack=stack)))
        protect = any(c.protect for c in plan.creations if c.urn in adopted)
        for line in next_steps(stack, file, protect=protect):
            print(line)
    return _FOUND if any(c.lines or c.replaced for c in compared.values()) else 0


def _write(stack: str, content: Mapping[str, Any]) -> Path:
    """Write the import file; its secrets are encrypted, and only its owner may read it."""
    _FOLDER.mkdir(mode=0o700, exist_ok=True)
    path = _FOLDER / f"import-{stack.replace('/', '-')}.json"
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        json.dump(content, file, indent=2)
    return path
