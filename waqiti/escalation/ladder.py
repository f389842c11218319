"""
Who is paged after an alert: a pure function of the escalation and the shifts.

A level with nobody on call is skipped without waiting, and without anybody on call PagerDuty opens
no incident, as its support pages document.
"""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from clients.on_call import Shift


@dataclass(frozen=True)
class Level:
    """
    One level of an escalation.

    Args:
        name: What it pages, such as `schedule PSONCAL`.
        shifts: Who is on call, in order; they do not overlap.
        minutes: How long PagerDuty waits before it escalates from this level.
    """

    name: str
    shifts: Sequence[Shift]
    minutes: int

    def on_call(self, at: datetime) -> str | None:
        """Return the person on call, or None."""
        index = bisect_right(self.shifts, at, key=lambda shift: shift.start) - 1
        if index < 0 or self.shifts[index].end <= at:
            return None
        return self.shifts[index].person


@dataclass(frozen=True)
class Page:
    """
    One page of an incident that nobody acknowledges.

    Args:
        minute: Minutes since the trigger.
        level: The level, from 1.
        person: Who is paged.
    """

    minute: int
    level: int
    person: str


@dataclass(frozen=True)
class Period:
    """
    A time in which every trigger pages the same people at the same minutes.

    Args:
        start: Its first moment.
        end: The moment after it.
        pages: Whom a trigger pages; nobody, and then there is no incident either.
    """

    start: datetime
    end: datetime
    pages: Sequence[Page]


def pages(levels: Sequence[Level], loops: int, trigger: datetime) -> Iterator[Page]:
    """Yield the pages of an incident that is triggered at *trigger* and never acknowledged."""
    minute = 0
    for _ in range(loops + 1):
        for number, level in enumerate(levels, start=1):
            if person := level.on_call(trigger + timedelta(minutes=minute)):
                yield Page(minute, number, person)
                minute += level.minutes


def periods(
    levels: Sequence[Level], loops: int, since: datetime, until: datetime
) -> Sequence[Period]:
    """Return the periods of all triggers between *since* and *until*."""
    changes = {moment for level in levels for s in level.shifts for moment in (s.start, s.end)}
    minutes = _minutes(levels, loops)
    moments = {
        moment
        for change in changes
        for minute in minutes
        if since < (moment := change - timedelta(minutes=minute)) < until
    }
    found: list[Period] = []
    starts = sorted({since, *moments})
    for start, end in zip(starts, [*starts[1:], until], strict=True):
        paged = list(pages(levels, loops, start))
        if found and found[-1].pages == paged:
            found[-1] = Period(found[-1].start, end, paged)
        else:
            found.append(Period(start, end, paged))
    return found


def longest(waits: Sequence[int], loops: int) -> int:
    """Return after how many minutes an incident has escalated from the last level."""
    return sum(waits) * (loops + 1)


def _minutes(levels: Sequence[Level], loops: int) -> set[int]:
    """Return every minute at which a level can be paged: any level before it may be skipped."""
    reached = {0}
    for _ in range(loops + 1):
        for level in levels:
            reached |= {minute + level.minutes for minute in reached}
    return reached
