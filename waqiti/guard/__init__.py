"""
The guard: refuse a change that destroys data or weakens what protects it.

A waiver in waivers/<stack>.yaml lets one such change pass. docs/adr/0030
"""

import argparse
import sys

from waqiti.guard.verdict import judge
from waqiti.pipeline.planning import preview

HELP = "refuse a plan that destroys data, or report it where the stack is not prod"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the command."""
    parser.add_argument("stack")


def run(arguments: argparse.Namespace) -> int:
    """Run the command; return 0, or 1 if the plan is refused."""
    plan = preview(arguments.stack)
    if plan.refusals:
        for refusal in plan.refusals:
            print(f"error: {refusal}", file=sys.stderr)
        return 1
    verdict = judge(plan)
    for line in verdict.lines():
        print(line)
    return 1 if verdict.is_refused else 0
