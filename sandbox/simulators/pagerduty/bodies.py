"""
The request bodies of the REST API: known keys are validated, unknown keys ignored.

PagerDuty ignores unknown keys, and so do the models. A PUT changes only the keys of its body, so a
body is merged with the stored object before it is validated.
"""

import re
from datetime import UTC, datetime
from typing import Annotated, Any, Literal, Self, TypeVar
from zoneinfo import ZoneInfo

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    field_validator,
    model_validator,
)

from sandbox.simulators.pagerduty.answers import Json, Refusal, invalid_input


def _instant(given: object) -> object:
    """Also read Go's text format of a time, which the released plugin sends."""
    if isinstance(given, str):
        return re.sub(r" ([+-]\d{4}) \w+$", r"\1", given)
    return given


def _aware(moment: datetime) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _known_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):  # unknown, malformed, or a folder of the zone database
        raise ValueError("is not valid") from None
    return name


def _disabled_by_zero(seconds: int | None) -> int | None:
    return seconds or None


Name = Annotated[str, StringConstraints(min_length=1, max_length=255)]
Instant = Annotated[datetime, BeforeValidator(_instant), AfterValidator(_aware)]
Seconds = Annotated[int, Field(gt=0)]
TimeOfDay = Annotated[str, StringConstraints(pattern=r"^([01]\d|2[0-3]):[0-5]\d:[0-5]\d$")]
TimeZone = Annotated[str, AfterValidator(_known_zone)]
Timeout = Annotated[int | None, Field(ge=0), AfterValidator(_disabled_by_zero)]


class Body(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class Reference(Body):
    id: str


class AlertGrouping(Body):
    type: Literal["time", "intelligent", "content_based", "content_based_intelligent"] | None = None
    config: Json | None = None


class AutoPause(Body):
    enabled: bool = False
    timeout: int | None = None


class Urgency(Body):
    type: Literal["constant"] = "constant"
    urgency: Literal["high", "low", "severity_based"] = "high"


class UrgencyRule(Body):
    type: Literal["constant", "use_support_hours"] = "constant"
    urgency: Literal["high", "low", "severity_based"] | None = None
    during_support_hours: Urgency | None = None
    outside_support_hours: Urgency | None = None


class SupportHours(Body):
    type: Literal["fixed_time_per_day"] = "fixed_time_per_day"
    time_zone: TimeZone
    start_time: TimeOfDay
    end_time: TimeOfDay
    days_of_week: tuple[Annotated[int, Field(ge=1, le=7)], ...]


class Service(Body):
    name: Name
    description: str | None = None
    # Only `disabled` and `active` change anything: PagerDuty derives the other states.
    status: Literal["active", "warning", "critical", "maintenance", "disabled"] = "active"
    escalation_policy: Reference
    acknowledgement_timeout: Timeout = None
    auto_resolve_timeout: Timeout = None
    response_play: Any = None
    alert_creation: Literal["create_incidents", "create_alerts_and_incidents"] = (
        "create_alerts_and_incidents"
    )
    alert_grouping_parameters: AlertGrouping = AlertGrouping()
    auto_pause_notifications_parameters: AutoPause = AutoPause()
    incident_urgency_rule: UrgencyRule = UrgencyRule(urgency="high")
    support_hours: SupportHours | None = None
    scheduled_actions: tuple[Json, ...] = ()

    @field_validator("scheduled_actions", mode="before")
    @classmethod
    def _null_is_no_action(cls, actions: object) -> object:
        """Read `[null]` as an empty list: the released plugin sends it to clear the list."""
        return [a for a in actions if a is not None] if isinstance(actions, list) else actions

    @model_validator(mode="after")
    def _support_hours_are_known_where_used(self) -> Self:
        if self.incident_urgency_rule.type == "use_support_hours" and self.support_hours is None:
            raise ValueError("Support hours can't be blank")
        return self


class MaintenanceWindow(Body):
    start_time: Instant
    end_time: Instant
    description: str = ""
    services: tuple[Reference, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _ends_after_its_start(self) -> Self:
        if self.end_time <= self.start_time:
            raise ValueError("End time must be after start time")
        return self


class Integration(Body):
    name: Name
    type: str
    vendor: Reference | None = None


class Target(Body):
    id: str
    type: Literal["user", "user_reference", "schedule", "schedule_reference"]


class AssignmentStrategy(Body):
    type: Literal["assign_to_everyone", "round_robin"] = "assign_to_everyone"


class EscalationRule(Body):
    id: str | None = None
    escalation_delay_in_minutes: int = Field(gt=0)
    targets: tuple[Target, ...] = Field(min_length=1, max_length=10)
    escalation_rule_assignment_strategy: AssignmentStrategy = AssignmentStrategy()


class EscalationPolicy(Body):
    name: Name
    description: str = ""
    num_loops: int = Field(default=0, ge=0, le=9)
    on_call_handoff_notifications: Literal["if_has_services", "always"] = "if_has_services"
    escalation_rules: tuple[EscalationRule, ...] = Field(min_length=1)
    teams: tuple[Reference, ...] | None = None


class Restriction(Body):
    type: Literal["daily_restriction", "weekly_restriction"]
    start_time_of_day: TimeOfDay
    duration_seconds: Seconds
    start_day_of_week: int | None = Field(default=None, ge=1, le=7)


class LayerUser(Body):
    user: Reference


class ScheduleLayer(Body):
    id: str | None = None
    name: str | None = None
    start: Instant
    end: Instant | None = None
    rotation_virtual_start: Instant
    rotation_turn_length_seconds: Seconds
    users: tuple[LayerUser, ...] = Field(min_length=1)
    restrictions: tuple[Restriction, ...] = ()


class Schedule(Body):
    name: Name
    description: str = ""
    time_zone: TimeZone
    schedule_layers: tuple[ScheduleLayer, ...] = Field(min_length=1)
    teams: tuple[Reference, ...] | None = None


class User(Body):
    name: Name
    email: str = Field(min_length=6, max_length=100, pattern="@")
    role: Literal[
        "admin",
        "limited_user",
        "observer",
        "owner",
        "read_only_user",
        "read_only_limited_user",
        "restricted_access",
        "user",
    ] = "user"
    time_zone: TimeZone = "Etc/UTC"
    color: str = "purple"
    job_title: str | None = None
    description: str | None = ""

    @field_validator("email")
    @classmethod
    def _case_of_an_address_means_nothing(cls, email: str) -> str:
        return email.lower()


class Team(Body):
    name: Name
    description: str | None = None
    default_role: Literal["manager", "responder", "observer", "none"] = "manager"
    parent: Reference | None = None


class Membership(Body):
    role: Literal["manager", "responder", "observer"] = "manager"


class IncidentUpdate(Body):
    id: str | None = None
    status: Literal["triggered", "acknowledged", "resolved"] | None = None
    resolution: str | None = None
    # Known, so that the simulator refuses them instead of ignoring them.
    assignments: Any = None
    escalation_level: Any = None
    escalation_policy: Any = None
    priority: Any = None
    service: Any = None
    title: Any = None
    urgency: Any = None

    def beyond_status(self) -> list[str]:
        return sorted(self.model_fields_set - {"id", "status", "resolution"})


AnyBody = TypeVar("AnyBody", bound=Body)


def validated(model: type[AnyBody], given: object) -> AnyBody:
    """Validate a body, or refuse it in PagerDuty's format with one sentence per problem."""
    try:
        return model.model_validate(given)
    except ValidationError as error:
        raise _refusal(error) from None


def _refusal(error: ValidationError) -> Refusal:
    problems = [
        problem
        for problem in error.errors()
        # Pydantic also reports a list of invalid items as too short: report only an empty one.
        if not (problem["type"] == "too_short" and problem["input"])
    ]
    return invalid_input(*dict.fromkeys(map(_sentence, problems)))


def _sentence(problem: Any) -> str:  # noqa: ANN401 - pydantic's own dict of details
    names = [part for part in problem["loc"] if isinstance(part, str)]
    if not names:
        return str(problem["msg"].removeprefix("Value error, "))
    subject = names[-1].replace("_", " ").capitalize()
    blank = problem["type"] in ("missing", "too_short", "string_too_short")
    if blank or problem["input"] is None:
        return f"{subject} can't be blank"
    if problem["type"] in ("literal_error", "value_error"):
        return f"{subject} is not valid"
    return f"{subject} {problem['msg'].replace('Input should', 'must')}"
