"""
The door: everything that is known before the first resource is declared.

A stack's file and the catalog become frozen models. A wrong value, an unknown key or a missing key
stops the program before anything is declared, and all of them are told at once.
"""

from settings.alerting import (
    AlertingSettings,
    KubernetesSettings,
    MonitoringSettings,
    PagerDutySettings,
    VaultSettings,
)
from settings.grafana import GrafanaSettings
from settings.legal_storage import LegalStorageSettings
from settings.loading import current_settings, load_settings
from settings.problems import InvalidSettingsError
from settings.stack import SEVEN_YEARS_DAYS, KafkaSettings, Settings

__all__ = [
    "SEVEN_YEARS_DAYS",
    "AlertingSettings",
    "GrafanaSettings",
    "InvalidSettingsError",
    "KafkaSettings",
    "KubernetesSettings",
    "LegalStorageSettings",
    "MonitoringSettings",
    "PagerDutySettings",
    "Settings",
    "VaultSettings",
    "current_settings",
    "load_settings",
]
