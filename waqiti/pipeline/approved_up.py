"""Apply a plan that was reviewed, and refuse any other."""

import argparse
import tempfile
from pathlib import Path

from waqiti import state
from waqiti.guard.verdict import judge
from waqiti.pipeline import reports
from waqiti.pipeline.plan.markdown import markdown
from waqiti.pipeline.plan.review import deviations
from waqiti.pipeline.planning import preview, reviewed

HELP = "apply the reviewed plan of reports/, or refuse if it is not what would happen"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the command."""
    parser.add_argument("stack")


def run(arguments: argparse.Namespace) -> int:
    """Run the command; return 0, or 1 if the plan is not the reviewed one or was not applied."""
    stack = arguments.stack
    wanted = reviewed(stack)
    with tempfile.TemporaryDirectory(prefix="waqiti-") as folder:
        # The engine holds the `up` to its own form of the plan that is compared here.
        engine_plan = Path(folder) / "plan.json"
        found = preview(stack, engine_plan)
        if found.refusals or wanted.refusals:
            reports.publish(markdown(found if found.refusals else wanted))
            return 1
        if differing := list(deviations(wanted, found)):
            listed = "".join(f"- {reports.plain(line)}\n" for line in differing)
            reports.publish(
                f"### {stack}: the plan is not the reviewed one; nothing was changed\n\n{listed}\n"
                "Run the workflow again, and have its plan reviewed.\n"
            )
            return 1
        if (verdict := judge(found)).is_refused:
            reports.publish(verdict.markdown())
            return 1
        reports.write(reports.STARTED.format(stack), "")
        flags = ("--yes", "--skip-preview", "--suppress-progress", f"--plan={engine_plan}")
        if state.show("up", "--stack", stack, *flags):
            return 1
    reports.publish(f"**{stack}**: the reviewed plan is applied\n")
    return 0
