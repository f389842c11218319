"""What exists: reusable building blocks of the platform."""

from components.alerting_secrets import AlertingSecrets, AlertingSecretsArgs
from components.kafka_topics import KafkaTopics, KafkaTopicsArgs
from components.paging import Paging, PagingArgs

__all__ = [
    "AlertingSecrets",
    "AlertingSecretsArgs",
    "KafkaTopics",
    "KafkaTopicsArgs",
    "Paging",
    "PagingArgs",
]
