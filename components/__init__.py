"""What exists: reusable building blocks of the platform."""

from collections.abc import Mapping, Sequence

from components import alert_routing, alert_rules, legal_storage
from components.alert_routing import AlertRouting, AlertRoutingArgs
from components.alert_rules import AlertRules, AlertRulesArgs
from components.alerting_secrets import AlertingSecrets, AlertingSecretsArgs
from components.dashboards import Dashboards, DashboardsArgs
from components.kafka_topics import KafkaTopics, KafkaTopicsArgs
from components.legal_storage import LegalStorage, LegalStorageArgs
from components.paging import Paging, PagingArgs
from settings import Settings

# What a cluster must know besides Kubernetes' own kinds: (apiVersion, kind).
CUSTOM_KINDS = (alert_routing.KIND, alert_rules.KIND)


def kept_secrets(settings: Settings) -> Mapping[str, Sequence[str]]:
    """Give the keys that people put into Vault, by path; the program reads none of their values."""
    return {**alert_routing.KEPT_SECRETS, **legal_storage.kept_secrets(settings.legal_storage)}


__all__ = [
    "CUSTOM_KINDS",
    "AlertRouting",
    "AlertRoutingArgs",
    "AlertRules",
    "AlertRulesArgs",
    "AlertingSecrets",
    "AlertingSecretsArgs",
    "Dashboards",
    "DashboardsArgs",
    "KafkaTopics",
    "KafkaTopicsArgs",
    "LegalStorage",
    "LegalStorageArgs",
    "Paging",
    "PagingArgs",
    "kept_secrets",
]
