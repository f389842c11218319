"""The Waqiti platform of one stack."""

from functools import partial

import pulumi

import components
from program import records, wiring
from program.optional import optional
from program.preflight import require_systems
from program.providers import connect
from program.service_secrets import service_secrets
from program.synced import require_synced
from settings import current_settings

settings = current_settings()
require_systems(settings)
options = partial(pulumi.ResourceOptions, providers=connect(settings), protect=settings.protect)

topics = components.KafkaTopics("topics", wiring.kafka_topics(settings), options())
paging = optional(components.Paging, "paging", wiring.paging(settings), options())
secrets = components.AlertingSecrets(
    "alerting-secrets",
    wiring.alerting_secrets(settings, wiring.integration_key(paging)),
    options(),
)
services = components.ServiceSecrets(
    "service-secrets", service_secrets(settings), options(depends_on=[secrets])
)
components.AlertRules("alert-rules", wiring.alert_rules(settings), options())
routing = components.AlertRouting(
    "alert-routing",
    wiring.alert_routing(settings),
    options(depends_on=[secrets]),  # Vault has the pager's key before an alert is routed to it
)
components.SlackChannels("channels", wiring.slack_channels(settings), options())
components.Scraping("scraping", wiring.scraping(settings), options())
components.Dashboards("dashboards", wiring.dashboards(settings), options())
legal = components.LegalStorage("legal-documents", records.legal_storage(settings), options())
audit = components.AuditReconciliation(
    "audit-reconciliation",
    records.audit_reconciliation(settings),
    options(),
)
require_synced(
    settings.kubernetes.context,
    routing.external_secrets,
    legal.external_secrets,
    services.external_secrets,
    audit.external_secrets,
)

pulumi.export("topic_names", topics.topic_names)
pulumi.export("alerting_environment", secrets.environment)
