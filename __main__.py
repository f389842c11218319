"""The Waqiti platform of one stack."""

import pulumi
import pulumi_kafka as kafka
import pulumi_pagerduty as pagerduty
import pulumi_vault as vault

import components
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
pagerduty_account = pagerduty.Provider(
    "pagerduty",
    api_url_override=settings.pagerduty.api_url,
    service_region=settings.pagerduty.service_region,
    skip_credentials_validation=True,  # a preview needs no credential
)
vault_server = vault.Provider(
    "vault",
    address=settings.vault.address,
    namespace=settings.vault.namespace,
    skip_child_token=True,  # the token needs no right to make others
)

topics = components.KafkaTopics(
    "topics",
    components.KafkaTopicsArgs(topics=settings.topics, cluster=settings.kafka),
    pulumi.ResourceOptions(provider=kafka_cluster, protect=settings.protect),
)
paging = components.Paging(
    "paging",
    components.PagingArgs(account=settings.pagerduty),
    pulumi.ResourceOptions(provider=pagerduty_account, protect=settings.protect),
)
secrets = components.AlertingSecrets(
    "alerting-secrets",
    components.AlertingSecretsArgs(
        mount=settings.vault.mount,
        integration_key=paging.integration_key,
        alerting=settings.alerting,
    ),
    pulumi.ResourceOptions(provider=vault_server, protect=settings.protect),
)

pulumi.export("topic_names", topics.topic_names)
pulumi.export("alerting_environment", secrets.environment)
