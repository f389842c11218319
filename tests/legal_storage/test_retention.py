"""The length of seven years."""

from datetime import date

import pytest

from catalog.retention import CHECKLIST_DAYS, LEGAL_YEARS
from legal_storage.retention import years_after


@pytest.mark.parametrize(
    ("day", "over"),
    [
        (date(2026, 11, 25), date(2033, 11, 25)),
        (date(2028, 2, 29), date(2035, 3, 1)),
        (date(2021, 2, 28), date(2028, 2, 28)),
        (date(2025, 12, 31), date(2032, 12, 31)),
    ],
)
def test_a_calendar_year_ends_on_the_same_day_and_that_of_a_leap_day_on_the_next(day, over):
    assert years_after(day, 7) == over


def test_the_checklist_s_seven_years_are_up_to_two_days_shorter_than_calendar_years():
    spans = {
        (years_after(date(y, 10, 23), LEGAL_YEARS) - date(y, 10, 23)).days
        for y in range(2020, 2030)
    }

    assert spans == {2556, 2557}
    assert CHECKLIST_DAYS == 2555
