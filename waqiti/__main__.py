"""The `waqiti` command: `python -m waqiti drift|grants|list|resume|verify STACK`."""

import argparse
import subprocess
import sys
from collections.abc import Sequence

import requests
from hvac.exceptions import VaultError

from waqiti import granting
from waqiti.drift import drift
from waqiti.resume import resume
from waqiti.state import existing, export
from waqiti.verify import verify

_COMMANDS = {
    "drift": "report what was changed by hand, field by field",
    "list": "list what exists",
    "resume": "resolve the operations that a killed `up` left pending",
    "verify": "compare Vault with what Pulumi wrote, without showing a value",
}
_FINDING = ("drift", "verify")  # each line of their output is a difference


def main() -> int:
    """
    Run one command.

    Returns:
        0 on success, 1 if something differs, 2 if a file is wrong, 3 if a system did not respond.
    """
    parser = argparse.ArgumentParser(prog="waqiti", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    for command, text in _COMMANDS.items():
        commands.add_parser(command, help=text).add_argument("stack")
    granting.add_arguments(commands.add_parser("grants", help=granting.HELP))
    arguments = parser.parse_args()
    if arguments.command == "grants":
        return granting.run(arguments)
    stack = arguments.stack
    try:
        functions = {"drift": drift, "list": _list, "resume": resume, "verify": verify}
        lines = functions[arguments.command](stack)
    except subprocess.CalledProcessError as error:
        print(f"error: `{' '.join(error.cmd[2:4])}` failed on {stack}", file=sys.stderr)
        return 3
    except (VaultError, requests.RequestException) as error:
        system = "PagerDuty" if arguments.command == "resume" else "Vault"
        print(f"error: {system} could not be asked, so nothing is known: {error}", file=sys.stderr)
        return 3
    for line in lines:
        print(line)
    return 1 if arguments.command in _FINDING and lines else 0


def _list(stack: str) -> Sequence[str]:
    rows = existing(export(stack))
    width = max((len(kind) for kind, _ in rows), default=0)
    things = [f"  {kind:<{width}}  {name}" for kind, name in rows]
    return [f"{len(rows)} things exist in {stack}:", *things]


if __name__ == "__main__":
    sys.exit(main())
