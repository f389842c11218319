"""The `waqiti` command: `python -m waqiti drift|grants|list|resume|verify STACK`."""

import argparse
import json
import subprocess
import sys
from collections.abc import Sequence

import requests
from hvac.exceptions import VaultError

from catalog.problems import InvalidFilesError
from grants import SYSTEMS, UnknownStackError, grants
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
    _add_grants(commands.add_parser("grants", help="print what an administrator grants to Pulumi"))
    arguments = parser.parse_args()
    stack = arguments.stack
    if arguments.command == "grants":
        return _grants(arguments)
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


def _add_grants(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("stack")
    parser.add_argument("system", nargs="?", choices=SYSTEMS, help="one system; by default all")
    parser.add_argument(
        "--user", default="pulumi", help="Pulumi's user in Kafka and Kubernetes (%(default)s)"
    )
    parser.add_argument(
        "--transit-key", help="Vault's transit key that encrypts the state, if one does"
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object, by system")


def _grants(arguments: argparse.Namespace) -> int:
    try:
        granted = grants(arguments.stack, arguments.user, arguments.transit_key)
    except (InvalidFilesError, UnknownStackError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    if arguments.system:
        granted = {arguments.system: granted[arguments.system]}
    if arguments.json:
        print(json.dumps(granted))
    elif arguments.system:
        print(granted[arguments.system], end="")
    else:
        print("\n".join(f"# --- {system} ---\n{text}" for system, text in granted.items()), end="")
    return 0


def _list(stack: str) -> Sequence[str]:
    rows = existing(export(stack))
    width = max((len(kind) for kind, _ in rows), default=0)
    things = [f"  {kind:<{width}}  {name}" for kind, name in rows]
    return [f"{len(rows)} things exist in {stack}:", *things]


if __name__ == "__main__":
    sys.exit(main())
