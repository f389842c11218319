"""The reconciliations of a period, as Prometheus has their outcomes."""

from datetime import UTC, datetime
from typing import NamedTuple

from clients import http
from waqiti.evidence.period import Period

_ENDED = 'max(audit_reconciliation_last_success_timestamp_seconds{namespace="audit"})'
_MISSING = 'max(audit_reconciliation_missing_records{namespace="audit"})'
_POINTS = 10_000  # Prometheus answers with 11,000 at most


class Reconciliation(NamedTuple):
    """
    One reconciliation.

    Args:
        at: When it ended.
        missing: The operations without a record.
    """

    at: datetime
    missing: int


def of(url: str, covered: Period) -> tuple[list[Reconciliation], datetime | None]:
    """
    Return the reconciliations of a period, and the time of the oldest sample of them.

    Raises:
        NoAnswerError: Prometheus at *url* does not answer.
    """
    ended, missing = _values(url, _ENDED, covered), _values(url, _MISSING, covered)
    found = {}
    for moment, value in ended.items():
        if moment in missing:
            found[value] = int(missing[moment])
    ends = {at: datetime.fromtimestamp(at, UTC) for at in found}
    oldest = min(ended, default=None)
    return (
        [Reconciliation(ends[at], found[at]) for at in sorted(found) if covered.has(ends[at])],
        None if oldest is None else datetime.fromtimestamp(oldest, UTC),
    )


def _values(url: str, query: str, covered: Period) -> dict[float, float]:
    start, end = covered.since.timestamp(), covered.seen.timestamp()
    who = f"Prometheus at {url}"
    given = {
        "query": query,
        "start": f"{start}",
        "end": f"{end}",
        "step": f"{max(15, round((end - start) / _POINTS))}",
    }
    answer = http.json_of(who, http.get(who, f"{url}/api/v1/query_range", params=given))
    return {
        moment: float(value)
        for series in answer["data"]["result"]
        for moment, value in series["values"]
    }
