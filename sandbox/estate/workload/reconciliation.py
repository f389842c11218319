"""
Verify that the audit trail is complete: `python -m sandbox.estate.workload.reconciliation`.

Exit codes: 0 complete, 1 records are missing, 2 invalid arguments, 3 inconclusive.
"""

import argparse
import sys
import time
from datetime import datetime
from pathlib import Path

from sandbox.__main__ import LOCAL
from sandbox.estate.workload import outcome
from sandbox.estate.workload.comparison import CouldNotTellError, Window, reconcile, shown
from sandbox.servers import SERVERS
from sandbox.world import open_world

COMPLETE, GAP, UNKNOWN = 0, 1, 3

_DAY_SECONDS = 24 * 60 * 60
# A younger operation may not have reached the topic yet.
_SETTLE_SECONDS = 60


def main() -> int:
    """Run the command line."""
    options = _options()
    world = open_world(options.world, SERVERS)
    try:
        report = reconcile(world, options.window)
    except CouldNotTellError as error:
        print(f"could not verify: {error}", file=sys.stderr)
        return UNKNOWN
    if options.is_the_days:
        outcome.keep(world, outcome.Outcome(at=time.time(), missing=len(report.missing)))
    print(report)
    return GAP if report.missing else COMPLETE


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m sandbox.estate.workload.reconciliation",
        description="Compare the encryption service's operations with the audit records in Kafka.",
        epilog="Without a window it is the daily run: the workload exports its outcome as metrics.",
    )
    parser.add_argument("--world", type=Path, default=LOCAL, help="the sandbox's folder")
    parser.add_argument("--since", type=_moment, help="ISO 8601 with a zone; a day before --until")
    parser.add_argument("--until", type=_moment, help="ISO 8601 with a zone; a minute ago")
    options = parser.parse_args()
    options.is_the_days = options.since is None and options.until is None
    until = options.until or time.time() - _SETTLE_SECONDS
    since = options.since or until - _DAY_SECONDS
    if since >= until:
        parser.error(f"the window is empty: {shown(since)} is not before {shown(until)}")
    options.window = Window(since=since, until=until)
    return options


def _moment(text: str) -> float:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None
    if moment.tzinfo is None:
        raise argparse.ArgumentTypeError(f"{text} has no time zone: write {text}+00:00 for UTC")
    return moment.timestamp()


if __name__ == "__main__":
    sys.exit(main())
