"""Print what an administrator grants to Pulumi for a stack."""

import argparse
import json
import sys

from grants import SYSTEMS, Declared, UnknownStackError, grants

HELP = "print what an administrator grants to Pulumi"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the command."""
    parser.add_argument("stack")
    parser.add_argument("system", nargs="?", choices=SYSTEMS, help="one system; by default all")
    parser.add_argument(
        "--user", default=Declared.user, help="Pulumi's user in Kafka and Kubernetes (%(default)s)"
    )
    parser.add_argument(
        "--transit-key", help="Vault's transit key that encrypts the state, if one does"
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object, by system")


def run(arguments: argparse.Namespace) -> int:
    """Run the command; return 0, or 2 if there is no such stack."""
    try:
        granted = grants(arguments.stack, arguments.user, arguments.transit_key)
    except UnknownStackError as error:
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
