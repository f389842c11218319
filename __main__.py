"""The Waqiti platform of one stack."""

from functools import partial

import pulumi

import components
from providers import connect
from reachability import require_systems
from settings import current_settings

settings = current_settings()
require_systems(settings, components.CUSTOM_KINDS, components.kept_secrets(settings))
options = partial(pulumi.ResourceOptions, providers=connect(settings), protect=settings.protect)

topics = components.KafkaTopics(
    "topics",
    components.KafkaTopicsArgs(topics=settings.topics, cluster=settings.kafka),
    options(),
)
paging = components.Paging("paging", components.PagingArgs(account=settings.pagerduty), options())
secrets = components.AlertingSecrets(
    "alerting-secrets",
    components.AlertingSecretsArgs(
        mount=settings.vault.mount,
        integration_key=paging.integration_key,
        alerting=settings.alerting,
    ),
    options(),
)
components.AlertRules(
    "alert-rules",
    components.AlertRulesArgs(files=settings.alert_rules, monitoring=settings.monitoring),
    options(),
)
components.AlertRouting(
    "alert-routing",
    components.AlertRoutingArgs(
        monitoring=settings.monitoring, account=settings.pagerduty, messages=settings.alert_messages
    ),
    options(depends_on=[secrets]),  # the pager's key is there before anything is routed to it
)
components.Dashboards(
    "dashboards",
    components.DashboardsArgs(folder=settings.grafana, boards=settings.dashboards),
    options(),
)
components.LegalStorage(
    "legal-documents",
    components.LegalStorageArgs(
        storage=settings.legal_storage,
        secret_store=settings.monitoring.secret_store,
        retained=settings.protect,
    ),
    options(),
)

pulumi.export("topic_names", topics.topic_names)
pulumi.export("alerting_environment", secrets.environment)
