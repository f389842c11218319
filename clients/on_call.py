"""Who is on call, as PagerDuty renders its schedules."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from clients.failures import NoAnswerError
from clients.pagerduty import PagerDuty

DAYS = 28  # how far ahead nobody on call is a problem


@dataclass(frozen=True)
class Shift:
    """
    A time in which one person is on call.

    Args:
        start: Its first moment.
        end: The moment after it.
        person: The name of the person.
    """

    start: datetime
    end: datetime
    person: str


def shifts(
    account: PagerDuty, schedule: str, since: datetime, until: datetime
) -> Sequence[Shift] | None:
    """
    Return the shifts of a schedule between *since* and *until*, or None if there is no schedule.

    Raises:
        NoAnswerError: PagerDuty does not answer, refuses, or returns something else than shifts.
    """
    # `overflow` is false by default: the first and the last shift end with the range.
    found = account.get(
        f"schedules/{schedule}", since=_text(since), until=_text(until), time_zone="UTC"
    )
    if found is None:
        return None
    try:
        entries = found["schedule"]["final_schedule"]["rendered_schedule_entries"]
        return sorted(
            (
                Shift(
                    datetime.fromisoformat(entry["start"]),
                    datetime.fromisoformat(entry["end"]),
                    entry["user"]["summary"] or entry["user"]["id"],
                )
                for entry in entries
            ),
            key=lambda shift: shift.start,
        )
    except (KeyError, TypeError, ValueError):
        raise NoAnswerError(
            f"{account.name} returned something else than the shifts of {schedule}"
        ) from None


def gaps(
    found: Sequence[Shift], since: datetime, until: datetime
) -> Iterator[tuple[datetime, datetime]]:
    """Yield start and end of each time between *since* and *until* in which nobody is on call."""
    covered = since
    for shift in found:
        if shift.start > covered:
            yield covered, shift.start
        covered = max(covered, shift.end)
    if covered < until:
        yield covered, until


def written(start: datetime, end: datetime) -> str:
    """Return a time as messages write it."""
    return f"from {start:%Y-%m-%d %H:%M} to {end:%Y-%m-%d %H:%M} UTC"


def _text(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
