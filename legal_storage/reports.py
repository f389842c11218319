"""The reports: each run writes one signed, dated entry into the store. docs/legal-reports.md."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import date, datetime

from legal_storage.journal import Entry, Journal

FOLDER = "reports"
FORM = "waqiti.legal-report/1"


@dataclass(frozen=True, kw_only=True)
class Documents:
    """
    The documents at the end of a run.

    Args:
        on_volume: The documents that the newest backup found.
        size_bytes: Their size.
        missing: The documents that were lost, and that nobody acknowledged.
        versions: The versions of all documents in the store.
    """

    on_volume: int
    size_bytes: int
    missing: int
    versions: int


@dataclass(frozen=True, kw_only=True)
class LockDates:
    """
    The days on which locks end, as the bucket reported them to this run.

    Args:
        kind: What locks; on Azure nothing can be asked.
        oldest: The first day on which a lock ends, as ISO 8601; None if no lock was asked for.
        newest: The last day on which a lock ends.
        asked: The number of versions whose lock was asked for.
    """

    kind: str
    oldest: str | None
    newest: str | None
    asked: int


@dataclass(frozen=True, kw_only=True)
class Run:
    """
    A run without problems.

    Args:
        at: Its time, as ISO 8601.
        report: The name of its report; None for the run that writes this report.
    """

    at: str
    report: str | None


@dataclass(frozen=True, kw_only=True)
class Report:
    """
    What one run writes. docs/legal-reports.md explains every field.

    Args:
        command: The command of `legal_storage`.
        outcome: `success`, or `failure` if there are problems.
        last_backup: The last backup without problems; this run may be it.
        last_integrity_check: The last integrity check without problems; this run may be it.
        encryption_key: The fingerprint of the key that encrypts: age's public key.
        manifest: Name and hash of the newest manifest; None before the first backup.
        facts: What the command reports besides.
    """

    stack: str
    store: str
    image: str
    command: str
    outcome: str
    retention_years: int
    documents: Documents
    locks: LockDates
    last_backup: Run | None
    last_integrity_check: Run | None
    holds: Sequence[Mapping[str, str]]
    problems: Sequence[str]
    encryption_key: str
    manifest: Mapping[str, str] | None
    facts: Mapping[str, object]

    @classmethod
    def of(cls, entry: Entry) -> "Report":
        """Return the report that *entry* has."""
        body = {field.name: entry.body[field.name] for field in fields(cls)}
        runs = {
            key: Run(**body[key]) if body[key] else None
            for key in ("last_backup", "last_integrity_check")
        }
        documents = Documents(**body["documents"])
        return cls(**body | runs | {"documents": documents, "locks": LockDates(**body["locks"])})


def write(journal: Journal, report: Report, until: date) -> Entry:
    """Sign *report*, write it, and lock it until *until*."""
    return journal.append(report.command, {"form": FORM, **asdict(report)}, until)


@dataclass(frozen=True, kw_only=True)
class Series:
    """
    The reports of a period.

    Args:
        reports: The reports, oldest first.
        problems: A sentence for each one that was forged, removed, or cannot be read.
    """

    reports: Sequence[Entry]
    problems: Sequence[str]

    def as_json(self) -> list[dict[str, str]]:
        """Return what `legal_storage reports` prints."""
        return [
            {"name": entry.name, "sha256": entry.sha256, "envelope": entry.envelope}
            for entry in self.reports
        ]


def series(journal: Journal, start: datetime, end: datetime) -> Series:
    """Read the reports from *start* up to, not including, *end*; the whole chain is checked."""
    entries, problems = journal.entries()
    return Series(
        reports=[entry for entry in entries if start <= entry.at < end], problems=problems
    )
