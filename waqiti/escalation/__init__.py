"""
Who is paged after an alert at any moment of the next days, and where nobody is.

The escalation is the one of the stack's config; the shifts and the names are PagerDuty's.
"""

import argparse
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from clients.failures import NoAnswerError
from clients.on_call import DAYS, Shift, shifts
from clients.pagerduty import PagerDuty
from waqiti import state
from waqiti.escalation.findings import findings, promise
from waqiti.escalation.ladder import Level, longest, periods
from waqiti.escalation.table import table
from waqiti.escalation.timeline import svg

HELP = "show who is paged after an alert at any moment of the next days, and where nobody is"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the command."""
    parser.add_argument("stack")
    parser.add_argument(
        "--days",
        type=int,
        default=DAYS,
        choices=range(1, 91),
        metavar="DAYS",
        help="1 to 90 (%(default)s)",
    )
    parser.add_argument("--svg", type=Path, metavar="FILE", help="also draw the shifts")


def run(arguments: argparse.Namespace) -> int:
    """Run the command; return 0, or 1 if somebody is missing or a person is on two levels."""
    section = state.config(arguments.stack).get("waqiti:pagerduty")
    if not section:
        raise NoAnswerError(f"the config of {arguments.stack} has no section pagerduty")
    since = _now().replace(second=0, microsecond=0)
    until = since + timedelta(days=arguments.days)
    levels = _levels(section, since, until)
    found = periods(levels, section["loops"], since, until)
    problems = list(findings(levels, found, since, until))
    for line in [*table(found), "", promise(found), *problems]:
        print(line)
    if arguments.svg:
        arguments.svg.write_text(svg(levels, since, until), encoding="utf-8")
    return 1 if problems else 0


def _now() -> datetime:
    return datetime.now(UTC)


def _levels(section: Mapping[str, Any], since: datetime, until: datetime) -> Sequence[Level]:
    """
    Return the levels of an escalation; the shifts reach to the last page of the last alert.

    Raises:
        NoAnswerError: PagerDuty does not answer, or lacks a schedule or a user.
    """
    account = PagerDuty(section.get("api_url"), section.get("service_region"))
    starts = [level["start_minutes"] for level in section["escalation"]]
    ends = [*starts[1:], starts[-1] + section["last_level_minutes"]]
    waits = [end - start for start, end in zip(starts, ends, strict=True)]
    last = until + timedelta(minutes=longest(waits, section["loops"]))
    return [
        Level(*_target(account, level, since, last), minutes)
        for level, minutes in zip(section["escalation"], waits, strict=True)
    ]


def _target(
    account: PagerDuty, level: Mapping[str, Any], since: datetime, until: datetime
) -> tuple[str, Sequence[Shift]]:
    """Return the name of what a level pages, and its shifts; a person is always on call."""
    if schedule := level.get("schedule"):
        found, name = shifts(account, schedule, since, until), f"schedule {schedule}"
    else:
        name = f"user {level['user']}"
        person = account.get(f"users/{level['user']}")
        found = [Shift(since, until, person["user"]["name"])] if person else None
    if found is None:
        raise NoAnswerError(f"{account.name} has no {name}: correct pagerduty.escalation")
    return name, found
