"""The Waqiti platform of one stack."""

import pulumi

import components
import providers
from reachability import require_answer
from settings import current_settings

settings = current_settings()

require_answer("Kafka", settings.kafka.bootstrap_servers)
kafka_cluster = providers.kafka_cluster(settings)
pagerduty_account = providers.pagerduty_account(settings)
vault_server = providers.vault_server(settings)
grafana_server = providers.grafana_server(settings)

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
components.Dashboards(
    "dashboards",
    components.DashboardsArgs(folder=settings.grafana, boards=settings.dashboards),
    pulumi.ResourceOptions(provider=grafana_server, protect=settings.protect),
)

pulumi.export("topic_names", topics.topic_names)
pulumi.export("alerting_environment", secrets.environment)
