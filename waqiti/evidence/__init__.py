"""
Write signed evidence for people who do not run the platform, as Markdown and as JSON.

What could not be seen is named in it, and never counts as good.
"""

import argparse
import os
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

from waqiti.evidence import audit, legal, markdown, period, signing

HELP = "write signed evidence of the audit trail, or of the legal documents"
_KEY = "WAQITI_EVIDENCE_KEY"
_FOUND, _WRONG = 1, 2
_DAYS = 90  # of an audit report without a begin


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the command."""
    kinds = parser.add_subparsers(dest="kind", required=True, metavar="KIND")
    own = {
        "audit": kinds.add_parser("audit", help="the audit topics, as the brokers have them"),
        "legal": kinds.add_parser("legal", help="the reports of the legal documents' pods"),
    }
    for kind, parser_of_kind in own.items():
        is_legal = kind == "legal"
        parser_of_kind.add_argument("stack")
        parser_of_kind.add_argument(
            "--from",
            dest="since",
            type=period.day,
            required=is_legal,
            metavar="DAY",
            help="the first day, as 2026-10-01 in UTC",
        )
        parser_of_kind.add_argument(
            "--to", type=period.day, required=is_legal, metavar="DAY", help="the day after the last"
        )
        parser_of_kind.add_argument(
            "--key",
            type=Path,
            default=os.environ.get(_KEY),
            help=f"the file of the key that signs: 32 bytes in base64 (default: {_KEY})",
        )
        parser_of_kind.add_argument(
            "--into", type=Path, default=Path("reports"), help="the folder (default: %(default)s)"
        )
    legal.add_arguments(own["legal"])


def run(arguments: argparse.Namespace) -> int:
    """
    Run the command.

    Returns:
        0 if the evidence names no problem, 1 if it names some, 2 if the command line is wrong.

    Raises:
        NoAnswerError: Kafka or the reports could not be read, so there is no evidence.
    """
    now = datetime.now(UTC)
    until = arguments.to or now
    since = arguments.since or until - timedelta(days=_DAYS)
    try:
        covered = period.Period(since, until, now)
        key = signing.read_key(arguments.key, _KEY)
        kind = audit if arguments.kind == "audit" else legal
        body = kind.collected(arguments, covered)
    except period.WrongUseError as error:
        print(f"error: {error}", file=sys.stderr)
        return _WRONG
    stem = f"evidence.{arguments.kind}.{arguments.stack}.{since:%Y-%m-%d}.{until:%Y-%m-%d}"
    envelope = signing.signed(key, body)
    arguments.into.mkdir(parents=True, exist_ok=True)
    for suffix, text in (
        ("json", signing.as_json(envelope)),
        ("md", markdown.text(arguments.kind, body, envelope)),
    ):
        path = arguments.into / f"{stem}.{suffix}"
        path.write_text(text, encoding="utf-8")
        print(path)
    for word, sentences in (("problem", body["problems"]), ("not seen", body["unseen"])):
        for sentence in sentences:
            print(f"{word}: {sentence}".encode("utf-8", "backslashreplace").decode())
    return _FOUND if body["problems"] else 0
