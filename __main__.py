"""The Waqiti platform of one stack."""

import pulumi
import pulumi_kafka as kafka

from components import KafkaTopics, KafkaTopicsArgs
from reachability import require_answer
from settings import current_settings

settings = current_settings()

require_answer("Kafka", settings.kafka.bootstrap_servers)
kafka_cluster = kafka.Provider(
    "kafka",
    bootstrap_servers=settings.kafka.bootstrap_servers,
    sasl_mechanism=settings.kafka.sasl_mechanism,
    tls_enabled=settings.kafka.tls_enabled,
    skip_tls_verify=False,  # else KAFKA_SKIP_VERIFY of the environment decides
    timeout=20,  # seconds; the provider's own 120 hide a broker that is silent
)

topics = KafkaTopics(
    "topics",
    KafkaTopicsArgs(
        topics=settings.topics,
        replication_factor=settings.kafka.replication_factor,
        principal_template=settings.kafka.principal_template,
        client_host=settings.kafka.client_hosts.host,
        idempotent_write=settings.kafka.idempotent_write,
    ),
    pulumi.ResourceOptions(provider=kafka_cluster, protect=settings.protect),
)

pulumi.export("topic_names", topics.topic_names)
