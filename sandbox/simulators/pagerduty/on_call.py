"""The user on call: a pure function of a schedule and a moment."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from sandbox.simulators.pagerduty.bodies import Restriction, Schedule

# A Monday at midnight: weekly restrictions count from it, daily ones from any midnight.
_MONDAY = datetime(2024, 1, 1)  # noqa: DTZ001 - wall-clock time in the zone of the schedule


def on_call(schedule: Schedule, at: datetime) -> str | None:
    """
    Return the id of the user on call, or None in a gap.

    The layer added last wins. Handoffs follow the wall clock in the zone of the schedule, so they
    stay at the same time of day when daylight saving time begins.
    """
    zone = ZoneInfo(schedule.time_zone)
    for layer in reversed(schedule.schedule_layers):
        if layer.start <= at and (layer.end is None or at < layer.end):
            now = _wall(at, zone)
            if not layer.restrictions or any(_within(r, now) for r in layer.restrictions):
                turn = timedelta(seconds=layer.rotation_turn_length_seconds)
                turns = (now - _wall(layer.rotation_virtual_start, zone)) // turn
                return layer.users[turns % len(layer.users)].user.id
    return None


def shifts(
    schedule: Schedule, since: datetime, until: datetime
) -> Iterator[tuple[datetime, datetime, str]]:
    """Yield start, end and user of each shift between *since* and *until*, without the gaps."""
    changes = sorted({since, *_changes(schedule, since, until)})
    start, user = since, on_call(schedule, since)
    for at in changes[1:]:
        if (now := on_call(schedule, at)) != user:
            if user:
                yield start, at, user
            start, user = at, now
    if user and start < until:
        yield start, until, user


def _changes(schedule: Schedule, since: datetime, until: datetime) -> Iterator[datetime]:
    """Yield every moment between *since* and *until* at which another user may be on call."""
    zone = ZoneInfo(schedule.time_zone)
    for layer in schedule.schedule_layers:
        turn = timedelta(seconds=layer.rotation_turn_length_seconds)
        periods = [(_wall(layer.rotation_virtual_start, zone), turn)]
        for restriction in layer.restrictions:
            start, period = _opening(restriction)
            length = timedelta(seconds=restriction.duration_seconds)
            periods += [(start, period), (start + length, period)]
        for start, period in periods:
            at = start + (_wall(since, zone) - start) // period * period
            while (moment := at.replace(tzinfo=zone).astimezone(UTC)) < until:
                yield max(since, moment)
                at += period
        yield from (at for at in (layer.start, layer.end) if at and since < at < until)
    # The wall clock jumps at a whole hour.
    hour = since.replace(minute=0, second=0, microsecond=0)
    while (hour := hour + timedelta(hours=1)) < until:
        yield hour


def _within(restriction: Restriction, now: datetime) -> bool:
    start, period = _opening(restriction)
    return (now - start) % period < timedelta(seconds=restriction.duration_seconds)


def _opening(restriction: Restriction) -> tuple[datetime, timedelta]:
    hours, minutes, seconds = map(int, restriction.start_time_of_day.split(":"))
    start = _MONDAY + timedelta(hours=hours, minutes=minutes, seconds=seconds)
    if restriction.type == "daily_restriction":
        return start, timedelta(days=1)
    return start + timedelta(days=(restriction.start_day_of_week or 1) - 1), timedelta(days=7)


def _wall(moment: datetime, zone: ZoneInfo) -> datetime:
    return moment.astimezone(zone).replace(tzinfo=None)
