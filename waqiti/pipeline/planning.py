"""Preview a stack, and keep the plan for the reviewers and for `approved-up`."""

import argparse
import json
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path

from clients.failures import NoAnswerError
from waqiti import state
from waqiti.guard.verdict import judge
from waqiti.pipeline import reports
from waqiti.pipeline.plan import Change, Plan, Value
from waqiti.pipeline.plan.markdown import markdown
from waqiti.pipeline.plan.reading import read_plan

HELP = "write what an `up` would change, without a secret, to reports/"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the command."""
    parser.add_argument("stack")
    parser.add_argument(
        "--offline", action="store_true", help="read `pulumi preview --json` from standard input"
    )


def run(arguments: argparse.Namespace) -> int:
    """Run the command; return 0, or 1 if the preview or the guard refuses the change."""
    stack = arguments.stack
    offline = arguments.offline
    plan = read_plan(stack, state.read(sys.stdin.read(), "preview")) if offline else preview(stack)
    reports.write_json(f"{stack}.json", asdict(plan))
    # Without the state, which a fork cannot read, there is nothing that a plan could destroy.
    verdict = None if offline or plan.refusals else judge(plan)
    text = markdown(plan) + (verdict.markdown() if verdict else "")
    reports.write(f"{stack}.md", text)
    reports.publish(text)
    return 1 if plan.refusals or (verdict and verdict.is_refused) else 0


def preview(stack: str, save_to: Path | None = None) -> Plan:
    """
    Return the plan of *stack*; the engine also writes its own form of it to *save_to*.

    Raises:
        NoAnswerError: The preview is not what this module reads.
        subprocess.CalledProcessError: The engine failed before it had a plan or a refusal.
    """
    saving = [f"--save-plan={save_to}"] if save_to else []
    try:
        printed = state.pulumi("preview", "--stack", stack, "--json", *saving)
    except subprocess.CalledProcessError as failure:
        printed = failure.output or ""
        if not printed.lstrip().startswith("{"):
            raise
        plan = read_plan(stack, state.read(printed, "preview"))
        if not plan.refusals:
            failure.output = ""
            raise
        return plan
    return read_plan(stack, state.read(printed, "preview"))


def reviewed(stack: str) -> Plan:
    """
    Return the plan of *stack* that was reviewed.

    Raises:
        NoAnswerError: There is none, or it is not complete.
    """
    text = reports.read(f"{stack}.json")
    try:
        found = json.loads(text or "")
        changes = [
            Change(**{**change, "values": [Value(**value) for value in change["values"]]})
            for change in found["changes"]
        ]
        return Plan(found["stack"], changes, found["refusals"])
    except (KeyError, TypeError, ValueError):
        raise NoAnswerError(
            f"reports/{stack}.json is no complete plan: run `make plan STACK={stack}`, and have "
            "the plan reviewed"
        ) from None
