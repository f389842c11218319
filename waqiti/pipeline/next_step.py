"""Report how far a failed `up` came, and the next command."""

import argparse
import subprocess
from collections.abc import Iterator
from contextlib import suppress

from waqiti import state
from waqiti.pipeline import reports
from waqiti.pipeline.plan.markdown import markdown
from waqiti.pipeline.planning import preview, reviewed

HELP = "report how far a failed `up` came, and what to run next"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the command."""
    parser.add_argument("stack")


def run(arguments: argparse.Namespace) -> int:
    """Run the command; return 0."""
    reports.publish("".join(_lines(arguments.stack)))
    return 0


def _lines(stack: str) -> Iterator[str]:
    if reports.read(reports.STARTED.format(stack)) is None:
        yield f"**{stack}**: the `up` did not start, and nothing was changed\n"
        return
    again = "run the workflow again: its plan has what is left, to be reviewed"
    pending = state.export(stack)["deployment"].get("pending_operations") or []
    left = None
    if not pending:
        with suppress(subprocess.CalledProcessError):  # such as the lock of a killed `up`
            left = preview(stack)
    if left is None:
        yield f"### {stack}: the `up` was cut off\n\n"
        for operation in pending:
            yield f"- {operation['type']} `{operation['resource']['urn'].rpartition('::')[2]}`\n"
        yield (
            f"\nNext: `pulumi cancel --stack {stack}`, then `python -m waqiti resume {stack}`, "
            f"then {again}.\n"
        )
        return
    number = len(reviewed(stack).changes)
    done = max(0, number - len(left.changes))
    if not (left.changes or left.refusals):
        yield f"### {stack}: every change is made, and a later step failed\n\n"
        yield f"Next: read its log, correct the cause, then `python -m waqiti verify {stack}`.\n"
        return
    half = f"half-way: {done} of {number} changes are made" if done else "and changed nothing"
    yield f"### {stack}: the `up` failed {half}\n\n"
    yield f"Next: correct the cause, which the log of the step names, then {again}.\n\n"
    yield markdown(left)
