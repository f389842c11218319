"""The pages of an alert at any moment, compared with an escalation played minute by minute."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clients.on_call import Shift
from waqiti.escalation.ladder import Level, Page, Period, longest, pages, periods

START = datetime(2026, 1, 5, 9, tzinfo=UTC)
HOURS = 12


def after(minutes):
    return START + timedelta(minutes=minutes)


def level(minutes, *shifts):
    found = [Shift(after(start), after(end), person) for start, end, person in shifts]
    return Level("schedule X", found, minutes)


ALWAYS = 10_000


def test_each_level_is_paged_at_its_minute_and_the_policy_repeats():
    levels = [
        level(15, (0, ALWAYS, "ann")),
        level(15, (0, ALWAYS, "bob")),
        level(20, (0, ALWAYS, "cem")),
    ]

    assert list(pages(levels, 1, START)) == [
        Page(0, 1, "ann"),
        Page(15, 2, "bob"),
        Page(30, 3, "cem"),
        Page(50, 1, "ann"),
        Page(65, 2, "bob"),
        Page(80, 3, "cem"),
    ]
    assert longest([15, 15, 20], 1) == 100


def test_a_level_with_nobody_on_call_is_skipped_without_waiting():
    levels = [level(15, (60, ALWAYS, "ann")), level(15, (0, ALWAYS, "bob"))]

    assert periods(levels, 0, START, after(120)) == [
        Period(START, after(60), [Page(0, 2, "bob")]),
        Period(after(60), after(120), [Page(0, 1, "ann"), Page(15, 2, "bob")]),
    ]


def test_an_alert_shortly_before_a_handover_pages_the_next_shift_at_the_second_level():
    levels = [level(15, (0, ALWAYS, "ann")), level(15, (0, 60, "bob"), (60, ALWAYS, "cem"))]

    assert [(p.start, p.pages[1].person) for p in periods(levels, 0, START, after(120))] == [
        (START, "bob"),
        (after(45), "cem"),
    ]


def test_nobody_at_all_is_no_incident():
    assert periods([level(15)], 2, START, after(60)) == [Period(START, after(60), [])]


@pytest.mark.parametrize("minute", [-1, 30, 59])
def test_nobody_is_on_call_between_shifts(minute):
    assert level(1, (0, 30, "ann"), (60, 90, "bob")).on_call(after(minute)) is None


@st.composite
def _levels(draw):
    found = []
    for _ in range(draw(st.integers(1, 3))):
        moments = sorted(draw(st.sets(st.integers(0, HOURS * 60), max_size=6)))
        people = draw(st.lists(st.sampled_from(["ann", "bob", None]), min_size=6, max_size=6))
        shifts = [
            (start, end, person)
            for start, end, person in zip(moments, moments[1:], people, strict=False)
            if person
        ]
        found.append(level(draw(st.integers(1, 40)), *shifts))
    return found


def played(levels, loops, trigger):
    """Play an escalation minute by minute, as PagerDuty describes it."""
    rungs = [(number, one) for _ in range(loops + 1) for number, one in enumerate(levels, start=1)]
    found, minute, wait = [], 0, 0
    while rungs:
        if minute == wait:
            number, one = rungs.pop(0)
            if person := one.on_call(trigger + timedelta(minutes=minute)):
                found.append(Page(minute, number, person))
                wait += one.minutes
        else:
            minute += 1
    return found


@settings(max_examples=60, deadline=None)
@given(levels=_levels(), loops=st.integers(0, 2), data=st.data())
def test_any_moment_is_in_the_period_whose_pages_an_escalation_makes(levels, loops, data):
    end = after(HOURS * 60)
    found = periods(levels, loops, START, end)

    assert [one.start for one in found] == [START, *(one.end for one in found[:-1])]
    assert found[-1].end == end
    assert all(a.pages != b.pages for a, b in pairwise(found))
    trigger = after(data.draw(st.integers(0, HOURS * 60 - 1)))
    (period,) = (one for one in found if one.start <= trigger < one.end)
    assert period.pages == played(levels, loops, trigger)
