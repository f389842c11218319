"""What exists: reusable building blocks of the platform."""

from components.alerting_secrets import AlertingSecrets, AlertingSecretsArgs
from components.dashboards import Dashboards, DashboardsArgs
from components.kafka_topics import KafkaTopics, KafkaTopicsArgs
from components.paging import Paging, PagingArgs

__all__ = [
    "AlertingSecrets",
    "AlertingSecretsArgs",
    "Dashboards",
    "DashboardsArgs",
    "KafkaTopics",
    "KafkaTopicsArgs",
    "Paging",
    "PagingArgs",
]
