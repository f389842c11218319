"""The `waqiti` command: `python -m waqiti WORD STACK`."""

import argparse
import subprocess
import sys

from waqiti.resume import resume


def main() -> int:
    """Do what the command line says; 0 fine, 2 wrong use, 3 a system did not answer."""
    parser = argparse.ArgumentParser(prog="waqiti", description=__doc__)
    parser.add_argument("word", choices=["resume"], help="settle what a killed `up` left pending")
    parser.add_argument("stack")
    arguments = parser.parse_args()
    try:
        for sentence in resume(arguments.stack):
            print(sentence)
    except subprocess.CalledProcessError as error:
        print(f"the state of {arguments.stack} could not be settled: `{error.cmd[2]}` failed")
        return 3
    return 0


if __name__ == "__main__":
    sys.exit(main())
