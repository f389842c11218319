"""The user on call of a schedule at a moment."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from sandbox.simulators.pagerduty.bodies import Schedule
from sandbox.simulators.pagerduty.on_call import on_call, shifts

DAY = 86_400


def schedule(*layers: dict[str, Any], zone: str = "Etc/UTC") -> Schedule:
    defaults = {
        "start": "2026-01-05T09:00:00Z",
        "rotation_virtual_start": "2026-01-05T09:00:00Z",
        "rotation_turn_length_seconds": DAY,
    }
    return Schedule.model_validate(
        {
            "name": "S",
            "time_zone": zone,
            "schedule_layers": [
                defaults | layer | {"users": [{"user": {"id": u}} for u in layer["users"]]}
                for layer in layers
            ],
        }
    )


def at(text: str, zone: str = "UTC") -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone))


@pytest.mark.parametrize(
    ("moment", "user"),
    [
        ("2026-01-05T08:59:59", None),
        ("2026-01-05T09:00:00", "ann"),
        ("2026-01-06T08:59:59", "ann"),
        ("2026-01-06T09:00:00", "bob"),
        ("2026-01-07T09:00:00", "cem"),
        ("2026-01-08T09:00:00", "ann"),
    ],
)
def test_users_take_turns_from_the_start_of_the_layer(moment: str, user: str | None) -> None:
    assert on_call(schedule({"users": ["ann", "bob", "cem"]}), at(moment)) == user


def test_turns_are_counted_from_the_virtual_start_even_if_it_is_later() -> None:
    rota = schedule({"users": ["ann", "bob"], "rotation_virtual_start": "2026-01-08T09:00:00Z"})

    assert [on_call(rota, at(f"2026-01-0{day}T12:00:00")) for day in (5, 6, 7, 8)] == [
        "bob",
        "ann",
        "bob",
        "ann",
    ]


def test_a_layer_ends() -> None:
    rota = schedule({"users": ["ann"], "end": "2026-01-06T09:00:00Z"})

    assert [on_call(rota, at(f"2026-01-06T{time}")) for time in ("08:59:59", "09:00:00")] == [
        "ann",
        None,
    ]


def test_the_layer_added_last_wins_while_it_has_a_user() -> None:
    nights = {
        "type": "daily_restriction",
        "start_time_of_day": "20:00:00",
        "duration_seconds": 36_000,
    }
    rota = schedule({"users": ["ann"]}, {"users": ["bob"], "restrictions": [nights]})
    moments = ("05T19:59:59", "05T20:00:00", "06T05:59:59", "06T06:00:00")

    assert [on_call(rota, at(f"2026-01-{moment}")) for moment in moments] == [
        "ann",
        "bob",
        "bob",
        "ann",
    ]


def test_a_weekly_restriction_begins_on_its_day() -> None:
    """From Friday 18:00 for 63 hours: until Monday 09:00."""
    weekend = {
        "type": "weekly_restriction",
        "start_day_of_week": 5,
        "start_time_of_day": "18:00:00",
        "duration_seconds": 63 * 3600,
    }
    rota = schedule({"users": ["ann"], "restrictions": [weekend]})
    moments = ("09T17:59:59", "09T18:00:00", "12T08:59:59", "12T09:00:00")

    assert [on_call(rota, at(f"2026-01-{moment}")) for moment in moments] == [
        None,
        "ann",
        "ann",
        None,
    ]


def test_handoffs_stay_at_the_same_time_of_day_when_daylight_saving_time_begins() -> None:
    """In Berlin, 2026-03-29 has 23 hours."""
    berlin = "Europe/Berlin"
    rota = schedule(
        {"users": ["ann", "bob"], "rotation_virtual_start": "2026-03-28T09:00:00+01:00"},
        zone=berlin,
    )
    moments = ("28T09:00:00", "29T08:59:59", "29T09:00:00", "30T08:59:59", "30T09:00:00")

    assert [on_call(rota, at(f"2026-03-{moment}", berlin)) for moment in moments] == [
        "ann",
        "ann",
        "bob",
        "bob",
        "ann",
    ]


def test_the_time_format_of_the_released_plugin_is_read() -> None:
    rota = schedule({"users": ["ann"], "rotation_virtual_start": "2030-01-01 13:00:00 +0000 UTC"})

    assert rota.schedule_layers[0].rotation_virtual_start == datetime(2030, 1, 1, 13, tzinfo=UTC)


def test_shifts_are_what_each_minute_says() -> None:
    rota = schedule(
        {"users": ["ann", "bob"]},
        {
            "users": ["cem"],
            "restrictions": [
                {
                    "type": "daily_restriction",
                    "start_time_of_day": "22:30:00",
                    "duration_seconds": 4 * 3600,
                }
            ],
            "end": "2026-03-31T01:00:00Z",
        },
        zone="Europe/Berlin",
    )
    since, until = at("2026-03-27T12:17:00"), at("2026-04-02T12:17:00")  # the clock jumps within

    found = list(shifts(rota, since, until))

    minutes = [since + timedelta(minutes=n) for n in range(6 * 24 * 60)]
    by_shift = {m: user for start, end, user in found for m in minutes if start <= m < end}
    assert [by_shift.get(minute) for minute in minutes] == [on_call(rota, m) for m in minutes]
    assert (found[0][0], found[-1][1]) == (since, until)


def test_a_gap_has_no_shift() -> None:
    night = {
        "type": "daily_restriction",
        "start_time_of_day": "22:00:00",
        "duration_seconds": 3600,
    }
    rota = schedule({"users": ["ann"], "restrictions": [night]})

    assert list(shifts(rota, at("2026-02-01T00:00:00"), at("2026-02-03T00:00:00"))) == [
        (at("2026-02-01T22:00:00"), at("2026-02-01T23:00:00"), "ann"),
        (at("2026-02-02T22:00:00"), at("2026-02-02T23:00:00"), "ann"),
    ]
