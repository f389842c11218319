"""The Waqiti platform of one stack."""

import pulumi
import pulumi_kafka as kafka

from components import KafkaTopics, KafkaTopicsArgs
from settings import current_settings

settings = current_settings()

kafka_cluster = kafka.Provider(
    "kafka",
    bootstrap_servers=settings.kafka.bootstrap_servers,
    sasl_mechanism=settings.kafka.sasl_mechanism,
    tls_enabled=settings.kafka.tls_enabled,
    skip_tls_verify=False,
    timeout=20,
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
