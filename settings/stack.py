"""The models of a stack's file; what must hold in prod is a validator that says so."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, StrictBool, ValidationInfo

from catalog.rules import RuleFiles
from catalog.topics import Topic, at_least_one
from retention import CHECKLIST_DAYS
from settings.alerting import (
    AlertingSettings,
    KubernetesSettings,
    MonitoringSettings,
    PagerDutySettings,
    VaultSettings,
)
from settings.grafana import GrafanaSettings
from settings.legal_storage import LegalStorageSettings
from settings.sections import Section, in_prod

# The source checklist's 220752000000 ms; docs/decisions.md says why not 2,557.
SEVEN_YEARS_DAYS = CHECKLIST_DAYS
_PROD_COPIES = 3

Environment = Literal["local", "staging", "prod"]
Address = Annotated[str, Field(pattern=r"^[a-zA-Z0-9.-]+:[0-9]{1,5}$")]


def _prod_keeps_three_copies(value: int, info: ValidationInfo) -> int:
    if in_prod(info) and value < _PROD_COPIES:
        raise ValueError(f"prod keeps at least {_PROD_COPIES} copies of every partition")
    return value


def _prod_keeps_seven_years(value: int, info: ValidationInfo) -> int:
    if in_prod(info) and value < SEVEN_YEARS_DAYS:
        raise ValueError(f"prod keeps audit records for at least {SEVEN_YEARS_DAYS:,} days")
    return value


def _prod_shortens_nothing(value: int | None, info: ValidationInfo) -> int | None:
    if in_prod(info) and value is not None:
        raise ValueError("prod keeps the retention of catalog/topics.yaml: remove this key")
    return value


def _prod_speaks_tls(value: bool, info: ValidationInfo) -> bool:  # noqa: FBT001 - a validator's form
    if in_prod(info) and not value:
        raise ValueError("prod speaks to Kafka over TLS only")
    return value


class ClientHosts(Section):
    """From where clients may connect, as ACLs name it, and why if that is from anywhere."""

    host: str = Field(min_length=1)
    reason: str = Field(min_length=10)


class KafkaSettings(Section):
    """
    One Kafka cluster.

    Args:
        bootstrap_servers: `host:port` of brokers.
        replication_factor: Copies of each partition, the same for every topic.
        audit_retention_minimum_days: The legal minimum for audit topics.
        retention_days_at_most: Shortens every topic's retention where records are not real.
        principal_template: How a service is called by Kafka, with `{service}`.
        idempotent_write: Grant producers IdempotentWrite on the cluster, for brokers before 3.0.
    """

    bootstrap_servers: Annotated[tuple[Address, ...], AfterValidator(at_least_one)]
    tls_enabled: Annotated[StrictBool, AfterValidator(_prod_speaks_tls)]
    sasl_mechanism: Literal["plain", "scram-sha256", "scram-sha512"]
    replication_factor: Annotated[int, Field(ge=1), AfterValidator(_prod_keeps_three_copies)]
    audit_retention_minimum_days: Annotated[
        int, Field(ge=0), AfterValidator(_prod_keeps_seven_years)
    ]
    retention_days_at_most: Annotated[
        Annotated[int, Field(ge=1)] | None, AfterValidator(_prod_shortens_nothing)
    ] = None
    principal_template: str = Field(pattern=r"^User:.*\{service\}.*$")
    client_hosts: ClientHosts
    idempotent_write: StrictBool


class Sections(Section):
    """The keys of a stack's file."""

    kafka: KafkaSettings
    pagerduty: PagerDutySettings
    vault: VaultSettings
    alerting: AlertingSettings
    kubernetes: KubernetesSettings
    monitoring: MonitoringSettings
    grafana: GrafanaSettings
    legal_storage: LegalStorageSettings


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Everything a stack may vary, and the catalog as this stack has it."""

    environment: Environment
    kafka: KafkaSettings
    pagerduty: PagerDutySettings
    vault: VaultSettings
    alerting: AlertingSettings
    kubernetes: KubernetesSettings
    monitoring: MonitoringSettings
    grafana: GrafanaSettings
    legal_storage: LegalStorageSettings
    topics: Mapping[str, Topic]
    alert_rules: RuleFiles
    alert_messages: str
    dashboards: Mapping[str, str]

    @property
    def protect(self) -> bool:
        """Whether what holds data refuses deletion and replacement."""
        return self.environment == "prod"
