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
from datetime import UTC, date, datetime, time
from io import TextIOWrapper
from pathlib import Path

from legal_storage import folders, holds, logs, losses, reports, state
from legal_storage.backup import back_up
from legal_storage.configuration import Configuration, read_configuration
from legal_storage.escrow import check_escrow
from legal_storage.outcome import Outcome, StoreError, UnreadableError, WrongUseError
from legal_storage.reading import Scanning
from legal_storage.report import report
from legal_storage.reporting import write_report
from legal_storage.restore import Wish, restore
from legal_storage.store import Store, opened
from legal_storage.verify import verify

_FILE = Path("/etc/legal-storage/configuration.json")

_Command = Callable[[Configuration, argparse.Namespace], Outcome]
_OnStore = Callable[[Store, argparse.Namespace], Outcome]


def main() -> None:
    """Run one command, print its outcome as one line of JSON, and exit with its code."""
    # What is not UTF-8 in a name becomes a valid JSON escape, from which the name can be read back.
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8", errors="backslashreplace")
    given = _parser().parse_args()
    try:
        outcome = _COMMANDS[given.command](read_configuration(given.configuration), given)
        code = 1 if outcome.problems else 0
    except WrongUseError as error:
        outcome, code = Outcome(problems=str(error).splitlines()), 2
    except (StoreError, UnreadableError, OSError) as error:
        outcome, code = Outcome(problems=[str(error)]), 3
    reported = {
        "command": given.command,
        "outcome": ["success", "failure", "misconfigured", "unknown"][code],
        **outcome.facts,
        "problems": list(outcome.problems),
    }
    print(json.dumps(reported, ensure_ascii=False), flush=True)
    sys.exit(code)


def _backup(configuration: Configuration, _: argparse.Namespace) -> Outcome:
    with Scanning(configuration.documents) as scanning, opened(configuration) as store:
        return back_up(store, scanning)


def _on_store(act: _OnStore) -> _Command:
    def run(configuration: Configuration, given: argparse.Namespace) -> Outcome:
        with opened(configuration) as store:
            return act(store, given)

    return run


def _decision(act: _OnStore) -> _Command:
    """Return a command that writes a report after a decision of a person."""

    def run(store: Store, given: argparse.Namespace) -> Outcome:
        outcome = act(store, given)
        return write_report(store, given.command, outcome, state.read(store))

    return _on_store(run)


def _reports(store: Store, given: argparse.Namespace) -> Outcome:
    start, end = (datetime.combine(day, time(), UTC) for day in (given.start, given.end))
    found = reports.series(store.reports, start, end)
    return Outcome(facts={"reports": found.as_json()}, problems=found.problems)


def _restore(store: Store, given: argparse.Namespace) -> Outcome:
    wish = Wish(
        as_of=given.as_of,
        documents=given.document,
        sha256=given.sha256,
        overwrite=given.overwrite,
    )
    return restore(store, wish)


_COMMANDS: Mapping[str, _Command] = {
    "prepare": lambda configuration, _: folders.prepare(configuration),
    "rotate-logs": lambda configuration, _: logs.rotate(configuration.logs),
    "backup": _backup,
    "verify": _on_store(lambda store, _: verify(store)),
    "report": _on_store(lambda store, _: report(store)),
    "reports": _on_store(_reports),
    "restore": _on_store(_restore),
    "check-escrow": _on_store(lambda store, _: check_escrow(store, sys.stdin.read().split())),
    "hold": _decision(lambda store, g: holds.hold(store, g.document, g.by, g.reason)),
    "release": _decision(lambda store, g: holds.release(store, g.document, g.by, g.reason)),
    "acknowledge": _decision(
        lambda store, g: losses.acknowledge(store, g.document, g.by, g.reason)
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
    commands.add_parser("verify", help="read every copy, and compare it")
    commands.add_parser("report", help="tell what is stored, and what is under hold")
    commands.add_parser("rotate-logs", help="compress the logs that have outgrown their size")
    commands.add_parser("check-escrow", help="check a copy of the encryption keys, from stdin")
    series = commands.add_parser("reports", help="print the reports of a period")
    series.add_argument("--from", dest="start", required=True, type=date.fromisoformat)
    series.add_argument("--to", dest="end", required=True, type=date.fromisoformat)
    back = commands.add_parser("restore", help="bring back what is not on the volume")
    back.add_argument("--as-of", type=date.fromisoformat, help="the day, as 2026-11-25")
    back.add_argument("--sha256", help="the version with this hash")
    back.add_argument("--overwrite", action="store_true", help="replace documents that differ")
    back.add_argument("document", nargs="*", help="only these")
    for word, meaning, number in (
        ("hold", "put a document under hold", None),
        ("release", "end its hold", None),
        ("acknowledge", "accept that documents, or all, were lost or changed", "*"),
    ):
        change = commands.add_parser(word, help=meaning)
        change.add_argument("document", nargs=number)
        change.add_argument("--by", required=True, help="who decides")
        change.add_argument("--reason", required=True, help="why, in ten letters or more")
    return parser


if __name__ == "__main__":
    main()
