"""PagerDuty must accept the token, and have everybody whom the escalation pages."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from clients import on_call
from clients.pagerduty import PagerDuty
from settings import PagerDutySettings

_COLLECTIONS = {"schedule": "schedules", "user": "users"}


def problems(settings: PagerDutySettings) -> Iterator[str]:
    """
    Yield each schedule and user of the escalation that the account does not have.

    Raises:
        NoAnswerError: PagerDuty does not answer, or refuses.
    """
    account = PagerDuty(settings.api_url, settings.service_region)
    account.get("abilities")  # every token may read them, so an error concerns the token
    for level in settings.escalation:
        if account.get(f"{_COLLECTIONS[level.kind]}/{level.id}") is None:
            yield (
                f"{account.name} has no {level.kind} {level.id}: correct pagerduty.escalation in "
                "the stack file"
            )


def uncovered(settings: PagerDutySettings) -> Iterator[str]:
    """
    Yield each schedule of the escalation that has nobody on call at some time of the next 28 days.

    Raises:
        NoAnswerError: PagerDuty does not answer, or refuses.
    """
    account = PagerDuty(settings.api_url, settings.service_region)
    since = datetime.now(UTC).replace(second=0, microsecond=0)
    until = since + timedelta(days=on_call.DAYS)
    for schedule in dict.fromkeys(one.schedule for one in settings.escalation if one.schedule):
        found = on_call.shifts(account, schedule, since, until)
        gaps = [] if found is None else list(on_call.gaps(found, since, until))
        if gaps:
            hours = sum((one[1] - one[0]).total_seconds() for one in gaps) / 3600
            yield (
                f"schedule {schedule} of {account.name} has nobody on call for {hours:.1f} of the "
                f"next {on_call.DAYS * 24} hours, first {on_call.written(*gaps[0])}: fill the "
                "schedule, or set pagerduty.uncovered_hours to warn"
            )
