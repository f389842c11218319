"""The `waqiti` command: `python -m waqiti drift|grants|list|resume|verify STACK`."""

import argparse
import subprocess
import sys
from collections.abc import Sequence

from clients.failures import NoAnswerError
from waqiti import granting
from waqiti.drift import drift
from waqiti.report import Report
from waqiti.resume import resume
from waqiti.state import existing, export
from waqiti.verify import verify

_COMMANDS = {
    "drift": "report what was changed by hand, field by field",
    "list": "list what exists",
    "resume": "resolve the operations that a killed `up` left pending",
    "verify": "report where the systems do not run what Pulumi wrote, without showing a secret",
}
_FINDING = ("drift", "verify")  # each line of their output is a difference
_FOUND, _UNKNOWN = 1, 3


def main() -> int:
    """
    Run one command.

    Returns:
        0 on success, 1 if something differs, 2 if a file is wrong, 3 if a system did not answer.
    """
    arguments = _arguments()
    if arguments.command == "grants":
        return granting.run(arguments)
    try:
        report = _run(arguments)
    except subprocess.CalledProcessError as error:
        for text in filter(None, (error.stderr, error.output)):
            print(text.strip(), file=sys.stderr)
        print(f"error: `{' '.join(error.cmd[2:4])}` failed on {arguments.stack}", file=sys.stderr)
        return _UNKNOWN
    except NoAnswerError as error:
        print(f"error: {error}", file=sys.stderr)
        return _UNKNOWN
    for line in report.lines:
        print(line)
    for line in report.unknown:
        print(f"error: {line}", file=sys.stderr)
    if report.lines and arguments.command in _FINDING:
        return _FOUND
    return _UNKNOWN if report.unknown else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="waqiti", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    for command, text in _COMMANDS.items():
        own = commands.add_parser(command, help=text)
        own.add_argument("stack")
        if command == "verify":
            own.add_argument(
                "--within",
                type=float,
                default=0,
                metavar="SECONDS",
                help="how long the systems may take; by default they have had their time",
            )
    granting.add_arguments(commands.add_parser("grants", help=granting.HELP))
    return parser.parse_args()


def _run(arguments: argparse.Namespace) -> Report:
    stack = arguments.stack
    if arguments.command == "drift":
        return drift(stack)
    if arguments.command == "verify":
        return verify(stack, arguments.within)
    return Report(resume(stack) if arguments.command == "resume" else _list(stack))


def _list(stack: str) -> Sequence[str]:
    rows = existing(export(stack))
    width = max((len(kind) for kind, _ in rows), default=0)
    things = [f"  {kind:<{width}}  {name}" for kind, name in rows]
    return [f"{len(rows)} things exist in {stack}:", *things]


if __name__ == "__main__":
    sys.exit(main())
