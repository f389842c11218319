"""Services and escalation policies with the stack's name that the stack does not declare."""

from collections.abc import Iterator

from clients.pagerduty import PagerDuty
from waqiti.unmanaged.thing import Stack, Thing

_KINDS = {
    "services": ("PagerDuty service", "pagerduty:index/service:Service"),
    "escalation_policies": (
        "PagerDuty escalation policy",
        "pagerduty:index/escalationPolicy:EscalationPolicy",
    ),
}


def unmanaged(stack: Stack) -> Iterator[Thing]:
    """
    Yield each service and policy whose name begins with that of the stack's own.

    The account is the whole company's, so other names belong to others.

    Raises:
        NoAnswerError: PagerDuty does not answer, or refuses.
    """
    provider = stack.provider("pagerduty")
    account = PagerDuty(provider.get("apiUrlOverride"), provider.get("serviceRegion"))
    name = stack.section("pagerduty")["service_name"]
    for collection, (kind, token) in _KINDS.items():
        declared = stack.ids(token)
        for found in account.named(collection, name):
            if found["id"] not in declared:
                yield Thing(kind, f"{found['name']} (id {found['id']})")
