"""The last day of a retention period, in full calendar years."""

from datetime import date


def years_after(day: date, years: int) -> date:
    """Return the day on which *years* full calendar years since *day* have passed."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:  # a leap day
        return date(day.year + years, 3, 1)
