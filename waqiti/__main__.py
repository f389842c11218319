"""The `waqiti` command: `python -m waqiti drift|list|resume|verify STACK`."""

import argparse
import subprocess
import sys
from collections.abc import Sequence

import requests
from hvac.exceptions import VaultError

from waqiti.drift import drift
from waqiti.resume import resume
from waqiti.state import existing, export
from waqiti.verify import verify

_WORDS = {
    "drift": "say what was changed by hand, field by field",
    "list": "say what exists",
    "resume": "settle what a killed `up` left pending",
    "verify": "compare Vault with what Pulumi wrote, without showing a value",
}
_FINDING = ("drift", "verify")  # what they tell is that something is not as it should be


def main() -> int:
    """Do what the command line says; 0 fine, 1 something differs, 3 a system did not answer."""
    parser = argparse.ArgumentParser(prog="waqiti", description=__doc__)
    words = parser.add_subparsers(dest="word", required=True)
    for word, what in _WORDS.items():
        words.add_parser(word, help=what).add_argument("stack")
    arguments = parser.parse_args()
    stack = arguments.stack
    try:
        words_do = {"drift": drift, "list": _list, "resume": resume, "verify": verify}
        lines = words_do[arguments.word](stack)
    except subprocess.CalledProcessError as error:
        print(f"error: `{' '.join(error.cmd[2:4])}` failed on {stack}", file=sys.stderr)
        return 3
    except (VaultError, requests.RequestException) as error:
        system = "PagerDuty" if arguments.word == "resume" else "Vault"
        print(f"error: {system} could not be asked, so nothing is known: {error}", file=sys.stderr)
        return 3
    for line in lines:
        print(line)
    return 1 if arguments.word in _FINDING and lines else 0


def _list(stack: str) -> Sequence[str]:
    rows = existing(export(stack))
    width = max((len(kind) for kind, _ in rows), default=0)
    things = [f"  {kind:<{width}}  {name}" for kind, name in rows]
    return [f"{len(rows)} things exist in {stack}:", *things]


if __name__ == "__main__":
    sys.exit(main())
