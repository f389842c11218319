"""What exists: reusable building blocks of the platform."""

from components.alert_routing import AlertRouting, AlertRoutingArgs
from components.alert_rules import AlertRules, AlertRulesArgs
from components.alerting_secrets import AlertingSecrets, AlertingSecretsArgs
from components.kafka_topics import KafkaTopics, KafkaTopicsArgs
from components.paging import Paging, PagingArgs

__all__ = [
    "AlertRouting",
    "AlertRoutingArgs",
    "AlertRules",
    "AlertRulesArgs",
    "AlertingSecrets",
    "AlertingSecretsArgs",
    "KafkaTopics",
    "KafkaTopicsArgs",
    "Paging",
    "PagingArgs",
]
