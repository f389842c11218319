"""The PagerDuty service must page: a disabled one, or one in maintenance, is no drift."""

from collections.abc import Iterator

from clients.pagerduty import PagerDuty
from waqiti.state import State

_KIND = "pagerduty:index/service:Service"


def differences(state: State) -> Iterator[str]:
    """
    Yield a sentence for each service that pages nobody.

    Raises:
        NoAnswerError: PagerDuty does not answer, or refuses.
    """
    for resource in state.of_type(_KIND):
        provider = state.provider(resource)
        account = PagerDuty(provider.get("apiUrlOverride"), provider.get("serviceRegion"))
        who = f"PagerDuty service {resource['outputs']['name']!r}"
        found = account.get(f"services/{resource['id']}")
        if found is None:
            yield f"{who} is gone, and nobody is paged: run `pulumi up --refresh`"
        elif found["service"]["status"] == "disabled":
            yield f"{who} is disabled, and nobody is paged: enable it in PagerDuty"
        elif found["service"]["status"] == "maintenance":
            until = _maintenance(account, resource["id"])
            yield f"{who} is in maintenance{until}, and nobody is paged: end it in PagerDuty"


def _maintenance(account: PagerDuty, service: str) -> str:
    query = {"filter": "ongoing", "service_ids[]": service}
    found = account.get("maintenance_windows", **query) or {}
    ends = [window["end_time"] for window in found.get("maintenance_windows", ())]
    return f" until {max(ends)}" if ends else ""
