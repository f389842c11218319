"""PagerDuty must accept the token, and have everybody whom the escalation pages."""

from collections.abc import Iterator

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
