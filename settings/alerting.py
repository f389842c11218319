"""The models of paging, Vault and alerting; what must hold in prod is a validator that says so."""

from itertools import pairwise
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, StrictBool, ValidationInfo, model_validator

from settings.sections import Section, in_prod

_PROD_SERVICE = "Waqiti Production"
_PROD_LEVELS = 3
_PROD_CHANNEL_PREFIX = "waqiti-"

PagerDutyId = Annotated[str, Field(pattern=r"^P[A-Z0-9]{3,13}$")]
KubernetesName = Annotated[str, Field(pattern=r"^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$")]
# PagerDuty's own rule for names, and no blank at either end.
PagerDutyName = Annotated[str, Field(pattern=r"^[^\\/&<>\s]([^\\/&<>]{0,98}[^\\/&<>\s])?$")]


class EscalationLevel(Section):
    """
    One level of the escalation.

    Args:
        start_minutes: Minutes from the incident's trigger until this level is paged.
        schedule: The id of a schedule: whoever is on call then.
        user: The id of one person, in place of a schedule.
    """

    start_minutes: int = Field(ge=0)
    schedule: PagerDutyId | None = None
    user: PagerDutyId | None = None

    @model_validator(mode="after")
    def _is_a_schedule_or_a_user(self) -> Self:
        if (self.schedule is None) == (self.user is None):
            raise ValueError("name either a schedule or a user")
        return self

    @property
    def kind(self) -> Literal["schedule", "user"]:
        """What is paged."""
        return "schedule" if self.schedule else "user"

    @property
    def id(self) -> str:
        """PagerDuty's id of it."""
        return self.schedule or self.user or ""


def _starts_at_once_and_goes_on(
    levels: tuple[EscalationLevel, ...], info: ValidationInfo
) -> tuple[EscalationLevel, ...]:
    starts = [level.start_minutes for level in levels]
    if starts[:1] != [0] or any(later <= earlier for earlier, later in pairwise(starts)):
        raise ValueError("the first level starts at minute 0, and each later one after the last")
    if in_prod(info) and len(levels) < _PROD_LEVELS:
        raise ValueError(f"prod has at least {_PROD_LEVELS} levels")
    if in_prod(info) and levels[0].schedule is None:
        raise ValueError("prod's first level is a schedule: one person is not always there")
    return levels


def _prod_alone_is_production(value: str, info: ValidationInfo) -> str:
    if in_prod(info) != (value == _PROD_SERVICE):
        raise ValueError(f"{_PROD_SERVICE!r} is prod's service, and prod's alone")
    return value


def _prod_closes_no_incident(value: int | None, info: ValidationInfo) -> int | None:
    if in_prod(info) and value is not None:
        raise ValueError("prod's incidents do not close themselves: remove this key")
    return value


def _prod_alone_has_the_bare_names(value: str, info: ValidationInfo) -> str:
    if in_prod(info) != (value == _PROD_CHANNEL_PREFIX):
        raise ValueError(f"channels that start with {_PROD_CHANNEL_PREFIX!r} alone are prod's")
    return value


class PagerDutySettings(Section):
    """
    Paging by PagerDuty.

    Args:
        api_url: Another address than PagerDuty's own, for a simulator.
        service_region: Where the account is.
        service_name: The service's name in PagerDuty.
        escalation: Who is paged, by start times.
        last_level_minutes: How long the last level has before the escalation starts again.
        loops: How often the escalation starts again.
        acknowledgement_timeout_minutes: How long an acknowledged incident may rest.
        auto_resolve_minutes: When an open incident closes itself; left out, never.
        key_generation: Counts up to rotate the integration key.
    """

    api_url: Annotated[str, Field(pattern=r"^https?://")] | None = None
    service_region: Literal["us", "eu"]
    service_name: Annotated[PagerDutyName, AfterValidator(_prod_alone_is_production)]
    escalation: Annotated[tuple[EscalationLevel, ...], AfterValidator(_starts_at_once_and_goes_on)]
    last_level_minutes: int = Field(ge=1)
    loops: int = Field(ge=0, le=9)
    acknowledgement_timeout_minutes: int = Field(ge=1)
    auto_resolve_minutes: Annotated[
        Annotated[int, Field(ge=1)] | None, AfterValidator(_prod_closes_no_incident)
    ] = None
    key_generation: int = Field(ge=1)


class VaultSettings(Section):
    """
    One Vault.

    Args:
        address: Its URL.
        namespace: This stack's namespace, where Vault has them.
        mount: The KV version 2 mount, this stack's own.
    """

    address: str = Field(pattern=r"^https://[^/]+$")
    namespace: str | None = None
    mount: str = Field(pattern=r"^[a-z0-9-]+$")


class AlertingSettings(Section):
    """Which ways of alerting the platform's services use."""

    pagerduty_enabled: StrictBool
    slack_enabled: StrictBool


class KubernetesSettings(Section):
    """
    The cluster.

    Args:
        context: Its name in the kubeconfig, which holds address and credential: whatever context
            is the current one there, no other cluster is ever changed.
    """

    context: str = Field(min_length=1)


class MonitoringSettings(Section):
    """
    The cluster's Prometheus and Alertmanager, as kube-prometheus-stack installs them.

    Args:
        namespace: Where they run, and where the objects that they read live.
        release: The name it was installed under: its Prometheus selects rules by this label.
        runbook_base_url: Where people read the folder `runbooks/`.
        slack_channel_prefix: How the names of this stack's channels start.
        secret_store: The ClusterSecretStore that reads this stack's mount of Vault.
    """

    namespace: KubernetesName
    release: KubernetesName
    runbook_base_url: str = Field(pattern=r"^https://.*[^/]$")
    slack_channel_prefix: Annotated[
        str, Field(pattern=r"^[a-z][a-z-]*-$"), AfterValidator(_prod_alone_has_the_bare_names)
    ]
    secret_store: KubernetesName
