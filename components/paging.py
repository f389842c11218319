"""A PagerDuty service, its escalation, and the key with which alerts are sent to it."""

from collections.abc import Iterator
from itertools import pairwise
from typing import NotRequired, TypedDict

import pulumi
import pulumi_pagerduty as pagerduty

from components.arguments import Problem, checked, refusals
from components.explaining import explained, lost
from systems import pagerduty as rules

_FAILED = "PagerDuty failed, and the provider does not retry: run it again"
# A part of the provider's error, and what it means.
_REMEDIES = {
    "has already been taken": (
        "PagerDuty has an unmanaged service or escalation policy of this name: rename or delete it "
        "in PagerDuty, `pulumi import` it, or set another service_name"
    ),
    "could not be found": (
        "PagerDuty does not have a schedule or user of the escalation: correct its id"
    ),
    "401 Unauthorized": "PagerDuty refuses the token: set PAGERDUTY_TOKEN to a valid one",
    "403 Forbidden": (
        "the token in PAGERDUTY_TOKEN lacks rights: use one that is not read-only and belongs to "
        "the whole account"
    ),
    "failed 50": _FAILED,
    "failed: 50": _FAILED,  # an answer without a document
    # PagerDuty refuses a second service of a name, but not a second integration.
    **lost(
        "PagerDuty's answer was lost: if it has created this, `pulumi import` it; then run it again"
    ),
}


class EscalationLevelArgs(TypedDict):
    """One level of the escalation: a schedule or a user."""

    start_minutes: int
    """Minutes from the incident's trigger until this level is paged."""
    schedule: NotRequired[pulumi.Input[str] | None]
    """The id of a schedule: its on-call person is paged."""
    user: NotRequired[pulumi.Input[str] | None]
    """The id of a user, instead of a schedule."""


class PagingArgs(TypedDict):
    """A service and its escalation."""

    service_name: pulumi.Input[str]
    """The name of the service and of its escalation policy."""
    description: NotRequired[pulumi.Input[str]]
    """What the service stands for, as responders read it."""
    escalation: list[EscalationLevelArgs]
    """The levels, by start time. The first starts at minute 0."""
    last_level_minutes: int
    """Minutes until the last level passes an incident on."""
    loops: int
    """How often the escalation is repeated, 0 to 9."""
    acknowledgement_timeout_minutes: NotRequired[int | None]
    """Minutes until an acknowledged incident is triggered again; by default 30."""
    auto_resolve_minutes: NotRequired[int | None]
    """Minutes until an open incident is resolved; by default never."""
    key_generation: NotRequired[int]
    """
    The number of the integration key; the next number makes a new key. By default 1. The key of
    the number before stays valid, until the number changes again.
    """


class Paging(pulumi.ComponentResource):
    """
    A PagerDuty service with an escalation policy and an Events API v2 integration.

    Whoever has the integration key can page: the key is a secret output.
    """

    service_id: pulumi.Output[str]
    """The id of the service."""
    integration_key: pulumi.Output[str]
    """The key of the Events API v2 integration; a secret."""

    def __init__(
        self,
        name: str,
        args: PagingArgs,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Declare service, escalation policy and integration of *args* under *name*."""
        args = checked("Paging", name, PagingArgs, args, _problems)
        super().__init__("waqiti:index:Paging", name, {}, opts)
        hooks = explained(name, self, _REMEDIES)
        child = pulumi.ResourceOptions(parent=self, hooks=hooks)
        generation = args.get("key_generation", 1)
        self._explain(args)

        policy = pagerduty.EscalationPolicy(
            f"{name}-escalation",
            name=args["service_name"],
            description=pulumi.Output.format(
                "Who is paged for {0}, and when.", args["service_name"]
            ),
            num_loops=args["loops"],
            rules=[
                pagerduty.EscalationPolicyRuleArgs(
                    escalation_delay_in_minutes=delay,
                    targets=[
                        pagerduty.EscalationPolicyRuleTargetArgs(
                            type=f"{_kind(level)}_reference", id=_id(level)
                        )
                    ],
                )
                for level, delay in zip(args["escalation"], _delays(args), strict=True)
            ],
            opts=child,
        )
        service = pagerduty.Service(
            f"{name}-service",
            name=args["service_name"],
            description=args.get("description", "Managed by Pulumi."),
            escalation_policy=policy.id,
            acknowledgement_timeout=_seconds(args.get("acknowledgement_timeout_minutes") or 30),
            auto_resolve_timeout=_seconds(args.get("auto_resolve_minutes")),
            # Low urgency never escalates, so every incident of this service has high urgency.
            incident_urgency_rule=pagerduty.ServiceIncidentUrgencyRuleArgs(
                type="constant", urgency="high"
            ),
            opts=child,
        )
        # Alertmanager uses the previous key until the cluster has the new one. PagerDuty refuses a
        # deleted integration's key for good, so an alert in between would page nobody.
        integrations = {
            number: pagerduty.ServiceIntegration(
                f"{name}-events-{number}",
                name=f"Events API v2 ({number})",
                service=service.id,
                type="events_api_v2_inbound_integration",
                opts=pulumi.ResourceOptions(
                    parent=self, additional_secret_outputs=["integrationKey"], hooks=hooks
                ),
            )
            for number in (generation - 1, generation)
            if number
        }

        self.service_id = service.id
        self.integration_key = pulumi.Output.secret(integrations[generation].integration_key)
        self.register_outputs(
            {"service_id": self.service_id, "integration_key": self.integration_key}
        )

    def _explain(self, args: PagingArgs) -> None:
        """Show in the preview who is paged when, once names and ids are known."""

        def log(known: list[str]) -> None:
            for message in _explanation(args, known[0], known[1:]):
                pulumi.log.info(message, self)

        pulumi.Output.all(args["service_name"], *map(_id, args["escalation"])).apply(log)


def _problems(args: PagingArgs) -> Iterator[Problem]:
    service_name = args["service_name"]
    if isinstance(service_name, str):
        yield from refusals("service_name", rules.check_name, service_name)
    starts = [level["start_minutes"] for level in args["escalation"]]
    if starts[:1] != [0] or any(later <= earlier for earlier, later in pairwise(starts)):
        yield "escalation", f"starts at minutes {starts}: start at 0, then at rising minutes"
    for index, level in enumerate(args["escalation"]):
        if ("schedule" in level) == ("user" in level):
            yield f"escalation[{index}]", "pass either a schedule or a user"
    if not 0 <= args["loops"] <= rules.MOST_LOOPS:
        yield "loops", f"{args['loops']}: pass 0 to {rules.MOST_LOOPS}"
    minutes = {
        "last_level_minutes": args["last_level_minutes"],
        "acknowledgement_timeout_minutes": args.get("acknowledgement_timeout_minutes"),
        "auto_resolve_minutes": args.get("auto_resolve_minutes"),
        "key_generation": args.get("key_generation"),
    }
    for argument, value in minutes.items():
        if value is not None and value < 1:
            yield argument, f"{value}: pass at least 1"


def _kind(level: EscalationLevelArgs) -> str:
    return "schedule" if "schedule" in level else "user"


def _id(level: EscalationLevelArgs) -> pulumi.Input[str]:
    return level.get("schedule") or level.get("user") or ""


def _delays(args: PagingArgs) -> list[int]:
    """Return the minutes until each level passes an incident on, as PagerDuty's API takes them."""
    starts = [level["start_minutes"] for level in args["escalation"]]
    return [later - earlier for earlier, later in pairwise(starts)] + [args["last_level_minutes"]]


def _seconds(minutes: int | None) -> str:
    return "null" if minutes is None else str(minutes * 60)


def _explanation(args: PagingArgs, service: str, ids: list[str]) -> Iterator[str]:
    levels = list(zip(args["escalation"], ids, _delays(args), strict=True))
    ladder = "; ".join(
        f"minute {level['start_minutes']}: {_kind(level)} {known_id} (passes on after {delay})"
        for level, known_id, delay in levels
    )
    yield f"{service}: {ladder}; the escalation is repeated {args['loops']} times"
    for number, (level, _, _) in enumerate(levels, start=1):
        if _kind(level) == "user":
            yield (
                f"{service}: level {number} is one person: nobody is paged at this level while "
                "that person is away: use a schedule"
            )
