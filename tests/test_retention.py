"""How long seven years are."""

from datetime import date

import pytest

from retention import CHECKLIST_DAYS, LEGAL_YEARS, LOG_DAYS, LOG_HOT_DAYS, longest_days, years_after


@pytest.mark.parametrize(
    ("day", "over"),
    [
        (date(2026, 11, 25), date(2033, 11, 25)),
        (date(2028, 2, 29), date(2035, 3, 1)),
        (date(2021, 2, 28), date(2028, 2, 28)),
        (date(2025, 12, 31), date(2032, 12, 31)),
    ],
)
def test_a_calendar_year_is_over_on_its_own_day_and_a_leap_day_s_on_the_next(day, over):
    assert years_after(day, 7) == over


@pytest.mark.parametrize("years", range(1, 11))
def test_the_longest_is_what_the_longest_of_all_spans_has(years):
    spans = [
        (years_after(date(year, month, 1), years) - date(year, month, 1)).days
        for year in range(2001, 2030)
        for month in (1, 3)
    ]

    assert longest_days(years) == max(spans)


def test_the_checklist_s_number_is_up_to_two_days_short_of_the_law_s():
    spans = {
        (years_after(date(y, 10, 23), LEGAL_YEARS) - date(y, 10, 23)).days
        for y in range(2020, 2030)
    }

    assert spans == {2556, 2557}
    assert (CHECKLIST_DAYS, longest_days(LEGAL_YEARS)) == (2555, 2557)


def test_logs_are_hot_for_90_days_and_gone_a_year_later():
    assert (LOG_HOT_DAYS, LOG_DAYS) == (90, 455)
