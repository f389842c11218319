"""The section `pagerduty`: the paging service of a stack."""

from itertools import pairwise
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, ValidationInfo, model_validator

from settings.sections import Section, in_prod, is_url
from systems import addresses, pagerduty

_PROD_SERVICE = "Waqiti Production"
_PROD_LEVELS = 3
_MOST_GENERATIONS = 10**6
_LONGEST_MINUTES = 43_200  # 30 days: a longer wait is a typing error

PagerDutyId = Annotated[str, Field(pattern=r"^P[A-Z0-9]{3,13}$")]
PagerDutyName = Annotated[str, AfterValidator(pagerduty.check_name)]


class EscalationLevel(Section):
    """
    One level of the escalation: exactly one of schedule and user is set.

    Args:
        start_minutes: Minutes from the trigger of the incident to the page of this level.
        schedule: The PagerDuty id of a schedule; its on-call person is paged.
        user: The PagerDuty id of one person.
    """

    start_minutes: int = Field(ge=0, le=_LONGEST_MINUTES)
    schedule: PagerDutyId | None = None
    user: PagerDutyId | None = None

    @model_validator(mode="after")
    def _has_one_target(self) -> Self:
        if (self.schedule is None) == (self.user is None):
            raise ValueError("set either schedule or user")
        return self

    @property
    def kind(self) -> Literal["schedule", "user"]:
        """What is paged."""
        return "schedule" if self.schedule else "user"

    @property
    def id(self) -> str:
        """The PagerDuty id of the schedule or user."""
        return self.schedule or self.user or ""


def _starts_rise_from_zero(
    levels: tuple[EscalationLevel, ...], info: ValidationInfo
) -> tuple[EscalationLevel, ...]:
    starts = [level.start_minutes for level in levels]
    if starts[:1] != [0] or any(later <= earlier for earlier, later in pairwise(starts)):
        raise ValueError(
            "start the first level at minute 0 and each level later than the one before"
        )
    if in_prod(info) and len(levels) < _PROD_LEVELS:
        raise ValueError(f"prod needs at least {_PROD_LEVELS} levels: add one")
    if in_prod(info) and levels[0].schedule is None:
        raise ValueError(
            "one person is not always available: set schedule in the first level of prod"
        )
    return levels


def token_is_protected(value: str) -> str:
    """Refuse an address to which a token would go without TLS."""
    if not addresses.is_protected(value):
        raise ValueError("has no TLS, and requests contain the token: write https://")
    return value


def _only_prod_is_production(value: str, info: ValidationInfo) -> str:
    if value == _PROD_SERVICE and not in_prod(info):
        raise ValueError("only prod has this service: use another name")
    return value


def _prod_pages(value: bool, info: ValidationInfo) -> bool:  # noqa: FBT001 - pydantic's form
    if in_prod(info) and not value:
        raise ValueError("prod pages: write true")
    return value


def _prod_closes_no_incident(value: int | None, info: ValidationInfo) -> int | None:
    if in_prod(info) and value is not None:
        raise ValueError("incidents of prod must not close automatically: remove this key")
    return value


class PagerDutySettings(Section):
    """
    The PagerDuty service that pages, and its escalation policy.

    Args:
        enabled: Whether alerts page. Without it, no service is declared, nothing is routed there
            and nothing of PagerDuty is asked or needed; a service that exists is deleted.
        api_url: The address of the API, if it is not PagerDuty's own; for a simulator.
        service_region: The region of the account.
        service_name: The name of the service in PagerDuty.
        escalation: The levels, in the order of their start.
        last_level_minutes: Minutes from the last level to the next loop.
        loops: How often the escalation repeats, 0 to 9.
        acknowledgement_timeout_minutes: Minutes until an acknowledged incident triggers again.
        auto_resolve_minutes: Minutes until an open incident closes automatically; None for never.
        uncovered_hours: Whether an `up` refuses an escalation that has nobody on call at some time
            of the next 28 days, or only warns; by default prod refuses.
        key_generation: The generation of the integration key. Increase it by one to rotate the key;
            the key before stays valid until the next increase.
    """

    enabled: Annotated[bool, AfterValidator(_prod_pages)]
    api_url: Annotated[str, AfterValidator(is_url), AfterValidator(token_is_protected)] | None = (
        None
    )
    service_region: Literal["us", "eu"]
    service_name: Annotated[PagerDutyName, AfterValidator(_only_prod_is_production)]
    escalation: Annotated[
        tuple[EscalationLevel, ...],
        AfterValidator(_starts_rise_from_zero),
    ]
    last_level_minutes: int = Field(ge=1, le=_LONGEST_MINUTES)
    loops: int = Field(ge=0, le=pagerduty.MOST_LOOPS)
    acknowledgement_timeout_minutes: int = Field(ge=1, le=_LONGEST_MINUTES)
    auto_resolve_minutes: Annotated[
        Annotated[int, Field(ge=1, le=_LONGEST_MINUTES)] | None,
        AfterValidator(_prod_closes_no_incident),
    ] = None
    uncovered_hours: Literal["refuse", "warn"] | None = None
    key_generation: int = Field(ge=1, le=_MOST_GENERATIONS)
