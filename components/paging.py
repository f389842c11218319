"""Who is paged, in which order, and by which key an alert gets in."""

from dataclasses import dataclass
from itertools import pairwise

import pulumi
import pulumi_pagerduty as pagerduty

from settings import PagerDutySettings


@dataclass(frozen=True, kw_only=True)
class PagingArgs:
    """
    What `Paging` needs.

    Args:
        account: The service and its escalation, as the stack's file has them.
    """

    account: PagerDutySettings


class Paging(pulumi.ComponentResource):
    """
    A PagerDuty service with an escalation policy and an Events API v2 integration.

    Whoever has the integration key can page: it is a secret from birth.
    """

    service_id: pulumi.Output[str]
    integration_key: pulumi.Output[str]

    def __init__(
        self,
        name: str,
        args: PagingArgs,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Declare service, escalation policy and integration of *args* under *name*."""
        super().__init__("waqiti:pagerduty:Paging", name, {}, opts)
        child = pulumi.ResourceOptions(parent=self)
        account = args.account
        for sentence in _explanation(account):
            pulumi.log.info(sentence, self)

        policy = pagerduty.EscalationPolicy(
            f"{name}-escalation",
            name=account.service_name,
            description=f"Who is paged for {account.service_name}, and when.",
            num_loops=account.loops,
            rules=[
                pagerduty.EscalationPolicyRuleArgs(
                    escalation_delay_in_minutes=delay,
                    targets=[
                        pagerduty.EscalationPolicyRuleTargetArgs(
                            type=f"{level.kind}_reference", id=level.id
                        )
                    ],
                )
                for level, delay in zip(account.escalation, _delays(account), strict=True)
            ],
            opts=child,
        )
        service = pagerduty.Service(
            f"{name}-service",
            name=account.service_name,
            description="Alerts of the Waqiti payment platform.",
            escalation_policy=policy.id,
            acknowledgement_timeout=str(account.acknowledgement_timeout_minutes * 60),
            auto_resolve_timeout=_seconds_or_never(account.auto_resolve_minutes),
            # Low urgency never escalates, so every incident of this service is of high urgency.
            incident_urgency_rule=pagerduty.ServiceIncidentUrgencyRuleArgs(
                type="constant", urgency="high"
            ),
            opts=child,
        )
        integration = pagerduty.ServiceIntegration(
            f"{name}-events-{account.key_generation}",
            name=f"Events API v2 ({account.key_generation})",
            service=service.id,
            type="events_api_v2_inbound_integration",
            opts=pulumi.ResourceOptions(parent=self, additional_secret_outputs=["integrationKey"]),
        )

        self.service_id = service.id
        self.integration_key = pulumi.Output.secret(integration.integration_key)
        self.register_outputs(
            {"service_id": self.service_id, "integration_key": self.integration_key}
        )


def _delays(account: PagerDutySettings) -> list[int]:
    """Give the minutes until each level passes an incident on: PagerDuty's way to say it."""
    starts = [level.start_minutes for level in account.escalation]
    return [later - earlier for earlier, later in pairwise(starts)] + [account.last_level_minutes]


def _seconds_or_never(minutes: int | None) -> str:
    return "null" if minutes is None else str(minutes * 60)


def _explanation(account: PagerDutySettings) -> list[str]:
    delays = _delays(account)
    ladder = "; ".join(
        f"minute {level.start_minutes}: {level.kind} {level.id} (passes on after {delay})"
        for level, delay in zip(account.escalation, delays, strict=True)
    )
    told = [f"{account.service_name}: {ladder}; then {account.loops} times again"]
    told += [
        f"{account.service_name}: level {number} is one person: nobody is paged there while that "
        "person is away: name a schedule"
        for number, level in enumerate(account.escalation, start=1)
        if level.kind == "user"
    ]
    return told
