"""
How long things are kept: the one place that computes it, for topics, documents and logs.

It needs nothing but Python, because the pods of the legal documents carry it too.
"""

from datetime import date

LEGAL_YEARS = 7

# The source checklist counts a year as 365 days; docs/decisions.md says what that leaves out.
CHECKLIST_DAYS = LEGAL_YEARS * 365

# Aggregated logs: searchable, then one further year in the cold.
LOG_HOT_DAYS = 90
LOG_DAYS = LOG_HOT_DAYS + 365


def years_after(day: date, years: int) -> date:
    """Give the day on which *years* full calendar years after *day* are over."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:  # a leap day
        return date(day.year + years, 3, 1)


def longest_days(years: int) -> int:
    """Give the most days that *years* calendar years can have: what no year must undercut."""
    return years * 365 + -(-years // 4)
