"""The `waqiti` command: `python -m waqiti list|resume STACK`."""

import argparse
import subprocess
import sys
from collections.abc import Sequence

from waqiti.resume import resume
from waqiti.state import existing, export


def main() -> int:
    """Do what the command line says; 0 fine, 3 the stack's state could not be read or written."""
    parser = argparse.ArgumentParser(prog="waqiti", description=__doc__)
    words = parser.add_subparsers(dest="word", required=True)
    for word, what in (
        ("list", "say what exists"),
        ("resume", "settle what a killed `up` left pending"),
    ):
        words.add_parser(word, help=what).add_argument("stack")
    arguments = parser.parse_args()
    try:
        lines = resume(arguments.stack) if arguments.word == "resume" else _list(arguments.stack)
    except subprocess.CalledProcessError as error:
        print(f"error: `{' '.join(error.cmd[2:4])}` failed on {arguments.stack}", file=sys.stderr)
        return 3
    for line in lines:
        print(line)
    return 0


def _list(stack: str) -> Sequence[str]:
    rows = [f"  {kind:<24} {name}" for kind, name in existing(export(stack))]
    return [f"{len(rows)} things exist in {stack}:", *rows]


if __name__ == "__main__":
    sys.exit(main())
