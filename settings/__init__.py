"""
Typed settings: everything that is known before the first resource is declared.

The stack file and the catalog become frozen models. If a value is wrong, or a key is unknown or
missing, the program stops before it declares anything and reports all problems at once.
"""

from settings.audit_reconciliation import AuditReconciliationSettings
from settings.grafana import GrafanaSettings
from settings.kafka import SEVEN_YEARS_DAYS, KafkaSettings
from settings.kubernetes import KubernetesSettings
from settings.legal_storage import LegalStorageSettings
from settings.loading import current_settings, load_settings
from settings.monitoring import MonitoringSettings
from settings.pagerduty import PagerDutySettings
from settings.problems import InvalidSettingsError
from settings.services import ServicesSettings
from settings.slack import SlackSettings
from settings.stack import Settings
from settings.vault import VaultSettings

__all__ = [
    "SEVEN_YEARS_DAYS",
    "AuditReconciliationSettings",
    "GrafanaSettings",
    "InvalidSettingsError",
    "KafkaSettings",
    "KubernetesSettings",
    "LegalStorageSettings",
    "MonitoringSettings",
    "PagerDutySettings",
    "ServicesSettings",
    "Settings",
    "SlackSettings",
    "VaultSettings",
    "current_settings",
    "load_settings",
]
