"""
The command of the pods.

Exit codes: 0 success, 1 a problem was found, 2 the configuration or the command line is invalid,
3 the store did not answer.
"""

import argparse
import json
import os
import sys
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from pathlib import Path

from legal_storage import documents, holds, logs
from legal_storage.backup import back_up
from legal_storage.configuration import Configuration, read_configuration
from legal_storage.outcome import Outcome, StoreError, WrongUseError
from legal_storage.report import report
from legal_storage.restore import restore
from legal_storage.store import Store, opened
from legal_storage.verify import verify

_FILE = Path("/etc/legal-storage/configuration.json")

_Command = Callable[[Configuration, argparse.Namespace], Outcome]


def main() -> None:
    """Run one command, print its outcome as one line of JSON, and exit with its code."""
    given = _parser().parse_args()
    try:
        outcome = _COMMANDS[given.command](read_configuration(given.configuration), given)
        code = 1 if outcome.problems else 0
    except WrongUseError as error:
        outcome, code = Outcome(problems=str(error).splitlines()), 2
    except (StoreError, OSError) as error:
        outcome, code = Outcome(problems=[str(error)]), 3
    reported = {
        "command": given.command,
        "outcome": ["success", "failure", "misconfigured", "unknown"][code],
        **outcome.facts,
        "problems": list(outcome.problems),
    }
    print(json.dumps(reported, ensure_ascii=False), flush=True)
    sys.exit(code)


def _with_store(act: Callable[[Store, argparse.Namespace], Outcome]) -> _Command:
    def run(configuration: Configuration, given: argparse.Namespace) -> Outcome:
        with opened(configuration) as store:
            return act(store, given)

    return run


_COMMANDS: Mapping[str, _Command] = {
    "prepare": lambda configuration, _: documents.prepare(configuration),
    "rotate-logs": lambda configuration, _: logs.rotate(configuration.logs),
    "backup": _with_store(lambda store, _: back_up(store, datetime.now(UTC))),
    "verify": _with_store(lambda store, _: verify(store, datetime.now(UTC))),
    "report": _with_store(lambda store, _: report(store, datetime.now(UTC))),
    "restore": _with_store(
        lambda store, given: restore(store, given.as_of, given.document, overwrite=given.overwrite)
    ),
    "hold": _with_store(
        lambda store, given: holds.hold(
            store, given.document, given.by, given.reason, datetime.now(UTC)
        )
    ),
    "release": _with_store(
        lambda store, given: holds.release(
            store, given.document, given.by, given.reason, datetime.now(UTC)
        )
    ),
}


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="legal_storage", description="Keeps legal documents.")
    parser.add_argument(
        "--configuration",
        type=Path,
        default=Path(os.environ.get("LEGAL_STORAGE_CONFIGURATION", _FILE)),
        help="the file of the settings (default: %(default)s)",
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    commands.add_parser("prepare", help="make the folders, with their owner and mode")
    commands.add_parser("backup", help="copy what is new, verify it, and renew the locks")
    commands.add_parser("verify", help="restore every copy, and compare it")
    commands.add_parser("report", help="tell what is stored, and what is under hold")
    commands.add_parser("rotate-logs", help="compress the logs that have outgrown their size")
    back = commands.add_parser("restore", help="bring documents back to the volume")
    back.add_argument("--as-of", type=date.fromisoformat, help="the day, as 2026-11-25")
    back.add_argument("--overwrite", action="store_true", help="replace documents that differ")
    back.add_argument("document", nargs="*", help="only these")
    for word, meaning in (("hold", "put a document under hold"), ("release", "end its hold")):
        change = commands.add_parser(word, help=meaning)
        change.add_argument("document")
        change.add_argument("--by", required=True, help="who decides")
        change.add_argument("--reason", required=True, help="why, in ten letters or more")
    return parser


if __name__ == "__main__":
    main()
