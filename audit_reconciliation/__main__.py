"""
The command of the pods.

Exit codes: 0 complete, 1 records are missing, 2 the configuration or the command line is invalid,
3 inconclusive.
"""

import argparse
import json
import os
import sys
import time
from datetime import datetime
from pathlib import Path

from audit_reconciliation.comparison import Report, compare
from audit_reconciliation.configuration import Configuration, read_configuration
from audit_reconciliation.exporter import serve
from audit_reconciliation.operations import LedgerEndpoint, Source
from audit_reconciliation.outcome import CouldNotTellError, Window, WrongUseError, shown
from audit_reconciliation.topic import AuditTopic

COMPLETE, GAP, WRONG, UNKNOWN = 0, 1, 2, 3

_FILE = Path("/etc/audit-reconciliation/configuration.json")
_DAY_SECONDS = 24 * 60 * 60
# A younger operation may not have reached the topic yet.
_SETTLE_SECONDS = 60


def main() -> int:
    """Run one command; its result is text, and its last line one JSON object."""
    options = _parser().parse_args()
    try:
        configuration = read_configuration(options.configuration)
        if options.command == "serve":
            serve(configuration, options.address)
        return _run(configuration, options.since, options.until)
    except WrongUseError as error:
        print(f"error: {error}", file=sys.stderr)
        return WRONG
    except CouldNotTellError as error:
        print(f"could not verify: {error}", file=sys.stderr)
        return UNKNOWN


def _run(configuration: Configuration, since: float | None, until: float | None) -> int:
    with AuditTopic(configuration) as topic:
        window = _window(topic, since, until)
        report = _reconcile(LedgerEndpoint(configuration.operations_url), topic, window)
        outcome = report.outcome(time.time())
        if until is None:
            topic.keep(outcome)
    verdict = "gap" if report.missing else "complete"
    print(report)
    print(json.dumps({"outcome": verdict, **outcome.as_json()}), flush=True)
    return GAP if report.missing else COMPLETE


def _reconcile(source: Source, topic: AuditTopic, window: Window) -> Report:
    return compare(source.between(window), topic.recorded(window.since), window)


def _window(topic: AuditTopic, since: float | None, until: float | None) -> Window:
    """
    Return the window of a run.

    It begins where the last one ended, so that no operation is left out between two runs.
    """
    end = until or time.time() - _SETTLE_SECONDS
    if since is None:
        last = topic.last() if until is None else None
        since = last.until if last else end - _DAY_SECONDS
    if since >= end:
        raise WrongUseError(f"the window is empty: {shown(since)} is not before {shown(end)}")
    return Window(since=since, until=end)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="audit_reconciliation",
        description="Compare the operations of the services with the audit records in Kafka.",
    )
    parser.add_argument(
        "--configuration",
        type=Path,
        default=Path(os.environ.get("AUDIT_RECONCILIATION_CONFIGURATION", _FILE)),
        help="the file of the settings (default: %(default)s)",
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    run = commands.add_parser("run", help="compare, and keep the outcome for the metrics")
    run.add_argument(
        "--since", type=_moment, help="ISO 8601 with a zone; by default the end of the last run"
    )
    run.add_argument(
        "--until",
        type=_moment,
        help="check a window of the past, and keep nothing; by default a minute ago",
    )
    server = commands.add_parser("serve", help="expose the outcome of the last run as metrics")
    server.add_argument("--address", default="", help="to listen at; by default every address")
    return parser


def _moment(text: str) -> float | None:
    """Return a moment in seconds since the epoch; a CronJob passes an empty text for none."""
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None
    if moment.tzinfo is None:
        raise argparse.ArgumentTypeError(f"{text} has no time zone: write {text}+00:00 for UTC")
    return moment.timestamp()


if __name__ == "__main__":
    sys.exit(main())
