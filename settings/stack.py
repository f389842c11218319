"""All settings of one stack."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from catalog.alert_rules import RuleFiles
from catalog.channels import Channels
from catalog.inhibitions import Inhibitions
from catalog.secrets import Secrets, operator_provided
from catalog.services import Services
from catalog.topics import Topics
from settings.audit_reconciliation import AuditReconciliationSettings
from settings.grafana import GrafanaSettings
from settings.kafka import KafkaSettings
from settings.kubernetes import KubernetesSettings
from settings.legal_storage import LegalStorageSettings
from settings.monitoring import MonitoringSettings
from settings.pagerduty import PagerDutySettings
from settings.sections import Section
from settings.service_secrets import ServiceSecretsSettings
from settings.services import ServicesSettings
from settings.slack import SlackSettings
from settings.vault import VaultSettings

Environment = Literal["local", "staging", "prod"]


class Sections(Section):
    """The keys of a stack file."""

    environment: Environment
    kafka: KafkaSettings
    pagerduty: PagerDutySettings
    slack: SlackSettings
    vault: VaultSettings
    kubernetes: KubernetesSettings
    monitoring: MonitoringSettings
    grafana: GrafanaSettings
    legal_storage: LegalStorageSettings
    audit_reconciliation: AuditReconciliationSettings
    services: ServicesSettings
    service_secrets: ServiceSecretsSettings


@dataclass(frozen=True, kw_only=True)
class Settings:
    """
    The sections of a stack file, and the catalog as it applies to the stack.

    Args:
        stack: The name of the stack; the company chooses it.
        environment: What the stack is for: in `prod` nothing that keeps records may be weakened.
        catalog_services: The services of the catalog that have secrets on this stack.
        channels: The channels that alerts are posted to; none if Slack is switched off.
        secrets: The secrets of the systems that are switched on.
    """

    stack: str
    environment: Environment
    kafka: KafkaSettings
    pagerduty: PagerDutySettings
    slack: SlackSettings
    vault: VaultSettings
    kubernetes: KubernetesSettings
    monitoring: MonitoringSettings
    grafana: GrafanaSettings
    legal_storage: LegalStorageSettings
    audit_reconciliation: AuditReconciliationSettings
    services: ServicesSettings
    service_secrets: ServiceSecretsSettings
    channels: Channels
    catalog_services: Services
    secrets: Secrets
    topics: Topics
    alert_rules: RuleFiles
    inhibitions: Inhibitions
    alert_messages: str
    dashboards: Mapping[str, str]

    @property
    def protect(self) -> bool:
        """Whether resources with data are protected from deletion and replacement."""
        return self.environment == "prod"

    @property
    def object_prefix(self) -> str:
        """What the names of the stack's policies and roles in Vault begin with."""
        return f"waqiti-{self.stack}-"

    @property
    def refuses_uncovered_hours(self) -> bool:
        """Whether an `up` is refused while a schedule of the escalation has a gap."""
        default = "refuse" if self.environment == "prod" else "warn"
        return (self.pagerduty.uncovered_hours or default) == "refuse"

    @property
    def operator_provided(self) -> Mapping[str, tuple[str, ...]]:
        """The keys that operators write into Vault before an `up`, by path."""
        return operator_provided(
            self.secrets,
            self.legal_storage.backup.kind,
            heartbeat=self.monitoring.heartbeat,
        )

    @property
    def required_before_up(self) -> Mapping[str, tuple[str, ...]]:
        """
        The keys without which no `up` starts, by path.

        Outside prod a service may wait for a vendor's keys; the `up` then warns.
        """
        return {
            path: keys
            for path, keys in self.operator_provided.items()
            if self.all_secrets_required or self.secrets[path].readers != ("services",)
        }

    @property
    def all_secrets_required(self) -> bool:
        """Whether every operator-provided secret must be there."""
        return self.environment == "prod"
