"""The command `waqiti verify`: what the systems run, and on request whether alerts arrive."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from clients.failures import NoAnswerError
from waqiti.report import FOUND, UNKNOWN, WRONG
from waqiti.state import State
from waqiti.verify import verify
from waqiti.verify.path import alerts_of, pages_people, read_state, verify_path
from waqiti.verify.path.alerts import MarkedAlert
from waqiti.verify.path.result import as_json, as_junit, table

HELP = (
    "report where the systems do not run what Pulumi wrote, without showing a secret; with a "
    "channel, also send its test alerts and look where they arrive"
)
ALL = "all"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the command."""
    parser.add_argument("stack")
    parser.add_argument(
        "channel", nargs="?", help=f"a Slack channel of the alert rules without prefix, or {ALL}"
    )
    parser.add_argument(
        "--within",
        type=float,
        default=0,
        metavar="SECONDS",
        help="how long the systems may take; by default they have had their time",
    )
    parser.add_argument(
        "--page", action="store_true", help="page the people on call, outside of the sandbox"
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the result as JSON")
    parser.add_argument("--junit", type=Path, metavar="FILE", help="write the result for JUnit")


def run(arguments: argparse.Namespace) -> int:
    """Run the command; return 0, 1 for a difference, 2 for wrong use, 3 if a system is silent."""
    code = verify(arguments.stack, arguments.within).print()
    return _verify_path(arguments, code) if arguments.channel else code


def _verify_path(arguments: argparse.Namespace, code: int) -> int:
    state = read_state(arguments.stack)
    alerts = alerts_of(state, arguments.channel)
    if problem := _problem(arguments, state, alerts):
        print(f"error: {problem}", file=sys.stderr)
        return WRONG
    try:
        results = verify_path(state, alerts, lambda line: print(line, file=sys.stderr))
    except NoAnswerError as error:
        print(f"error: {error}", file=sys.stderr)
        return code or UNKNOWN
    for line in table(results):
        print(line)
    for file, text in ((arguments.json, as_json), (arguments.junit, as_junit)):
        if file:
            file.write_text(text(results), encoding="utf-8")
    return FOUND if any(one.problems for one in results) else code


def _problem(
    arguments: argparse.Namespace, state: State, alerts: Sequence[MarkedAlert]
) -> str | None:
    """Return why nothing can be sent, if so."""
    if not alerts:
        known = sorted({alert.channel for alert in alerts_of(state, ALL)})
        return (
            f"no rule of {arguments.stack} has the channel {arguments.channel!r}: use one of "
            f"{', '.join([*known, ALL])}"
        )
    paging = [alert.rule for alert in alerts if alert.pages and pages_people(state)]
    is_sandbox = state.settings.get("waqiti:environment") == "local"
    if paging and not (is_sandbox or arguments.page):
        return (
            f"{len(paging)} of the test alerts page the people on call of {arguments.stack}: tell "
            "them, and add --page; or use a channel whose rules do not page"
        )
    return None
