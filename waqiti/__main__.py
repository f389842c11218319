"""The `waqiti` command; `python -m waqiti --help` lists its words."""

import argparse
import itertools
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, replace

from catalog.problems import InvalidFilesError
from clients.failures import NoAnswerError
from clients.slack import Slack
from waqiti import adopt, escalation, evidence, granting, guard, parity, secrets
from waqiti.drift import drift
from waqiti.drift_message import publish
from waqiti.pipeline import (
    approved_up,
    checks,
    commenting,
    drift_issue,
    login,
    next_step,
    planning,
    protection,
    released,
    reports,
)
from waqiti.report import FOUND, WRONG, Report
from waqiti.resume import resume
from waqiti.state import config, existing, export
from waqiti.verify import command as verifying

_COMMANDS = {
    "drift": "report what was changed by hand, field by field, and what nobody declared",
    "list": "list what exists",
    "resume": "resolve the operations that a killed `up` left pending",
}
_MODULES = {
    "adopt": adopt,
    "approved-up": approved_up,
    "checks": checks,
    "comment": commenting,
    "drift-issue": drift_issue,
    "escalation": escalation,
    "evidence": evidence,
    "grants": granting,
    "guard": guard,
    "login": login,
    "next-step": next_step,
    "parity": parity,
    "plan": planning,
    "protection": protection,
    "released": released,
    "secrets": secrets,
    "verify": verifying,
}
_FINDING = ("drift",)  # each line of its output is a difference


def main() -> int:
    """
    Run one command.

    Returns:
        0 on success, 1 if something differs, 2 if a file is wrong, 3 if a system did not answer.
    """
    arguments = _arguments()
    try:
        if module := _MODULES.get(arguments.command):
            return int(module.run(arguments))
        report = _run(arguments)
    except subprocess.CalledProcessError as error:
        report = Report((), [_failure(error, arguments.stack)])
    except NoAnswerError as error:
        report = Report((), [str(error)])
    except InvalidFilesError as problems:
        print(f"error: {problems}", file=sys.stderr)
        return WRONG
    if arguments.command == "drift":
        report = _published(report, arguments)
    code = report.print()
    return 0 if code == FOUND and arguments.command not in _FINDING else code


def _published(report: Report, arguments: argparse.Namespace) -> Report:
    """Write and send *report* where the arguments ask for it; return it with what failed."""
    stack = arguments.stack
    if arguments.report:
        reports.write_json(f"drift.{stack}.json", asdict(report))
        reports.write(f"drift.{stack}.md", drift_issue.text(stack, report))
    if arguments.slack:
        try:
            workspace = Slack((config(stack).get("waqiti:slack") or {}).get("api_url"))
            publish(stack, report, workspace, arguments.slack, time.time())
        except subprocess.CalledProcessError as error:
            return replace(report, unknown=[*report.unknown, _failure(error, stack)])
        except NoAnswerError as error:
            return replace(report, unknown=[*report.unknown, str(error)])
    return report


def _failure(error: subprocess.CalledProcessError, stack: str) -> str:
    """Return a sentence about a `pulumi` that failed."""
    words = itertools.takewhile(lambda word: not word.startswith("-"), error.cmd[2:])
    printed = "\n".join(filter(None, (error.stderr, error.output)))
    lines = (line.removeprefix("error: ") for line in printed.splitlines())
    reason = "; ".join(line for line in lines if line.strip()) or "read what it printed"
    return f"`pulumi {' '.join(words)}` failed on {stack}: {reason}"


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="waqiti", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    for command, text in _COMMANDS.items():
        own = commands.add_parser(command, help=text)
        own.add_argument("stack")
        if command == "drift":
            own.add_argument(
                "--report", action="store_true", help="also write the result to reports/"
            )
            own.add_argument(
                "--slack",
                metavar="CHANNEL",
                help="also keep one message about it in this channel of the stack's workspace",
            )
    for command, module in _MODULES.items():
        module.add_arguments(commands.add_parser(command, help=module.HELP))
    return parser.parse_args()


def _run(arguments: argparse.Namespace) -> Report:
    stack = arguments.stack
    if arguments.command == "drift":
        return drift(stack)
    return Report(resume(stack) if arguments.command == "resume" else _list(stack))


def _list(stack: str) -> Sequence[str]:
    rows = existing(export(stack))
    width = max((len(kind) for kind, _ in rows), default=0)
    things = [f"  {kind:<{width}}  {name}" for kind, name in rows]
    return [f"{len(rows)} things exist in {stack}:", *things]


if __name__ == "__main__":
    sys.exit(main())
