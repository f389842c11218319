"""
The library: one component for each kind of thing that a platform declares.

A component takes `(name, args, opts)`. Its arguments are a TypedDict of its own and name nothing
of one company. Wrong arguments raise `InvalidArgumentsError` before a resource is registered.
"""

from components.alert_routing import (
    AlertRouting,
    AlertRoutingArgs,
    ChannelArgs,
    HeartbeatArgs,
    InhibitionArgs,
    PagerArgs,
)
from components.alert_rules import AlertRules, AlertRulesArgs
from components.alerting_secrets import AlertingSecrets, AlertingSecretsArgs, SecretKeyArgs
from components.arguments import InvalidArgumentsError
from components.audit_reconciliation import (
    AuditReconciliation,
    AuditReconciliationArgs,
    KafkaClientArgs,
    OperationsArgs,
)
from components.dashboards import Dashboards, DashboardsArgs
from components.kafka_topics import ExpectedLoadArgs, KafkaTopics, KafkaTopicsArgs, TopicArgs
from components.legal_storage import (
    AzureBlobArgs,
    ClaimArgs,
    LegalStorage,
    LegalStorageArgs,
    OwnerArgs,
    S3Args,
)
from components.paging import EscalationLevelArgs, Paging, PagingArgs
from components.scraping import Scraping, ScrapingArgs
from components.service_secrets import (
    DeliveryArgs,
    GeneratedArgs,
    ServiceArgs,
    ServiceSecrets,
    ServiceSecretsArgs,
)
from components.slack_channels import (
    Channel,
    SlackChannelArgs,
    SlackChannels,
    SlackChannelsArgs,
)
from components.vault_resources import (
    ExpectedSecret,
    ExpectedSecretArgs,
    GeneratedSecret,
    GeneratedSecretArgs,
    PasswordPolicy,
    PasswordPolicyArgs,
    Provider,
    ProviderArgs,
)

__all__ = [
    "AlertRouting",
    "AlertRoutingArgs",
    "AlertRules",
    "AlertRulesArgs",
    "AlertingSecrets",
    "AlertingSecretsArgs",
    "AuditReconciliation",
    "AuditReconciliationArgs",
    "AzureBlobArgs",
    "Channel",
    "ChannelArgs",
    "ClaimArgs",
    "Dashboards",
    "DashboardsArgs",
    "DeliveryArgs",
    "EscalationLevelArgs",
    "ExpectedLoadArgs",
    "ExpectedSecret",
    "ExpectedSecretArgs",
    "GeneratedArgs",
    "GeneratedSecret",
    "GeneratedSecretArgs",
    "HeartbeatArgs",
    "InhibitionArgs",
    "InvalidArgumentsError",
    "KafkaClientArgs",
    "KafkaTopics",
    "KafkaTopicsArgs",
    "LegalStorage",
    "LegalStorageArgs",
    "OperationsArgs",
    "OwnerArgs",
    "PagerArgs",
    "Paging",
    "PagingArgs",
    "PasswordPolicy",
    "PasswordPolicyArgs",
    "Provider",
    "ProviderArgs",
    "S3Args",
    "Scraping",
    "ScrapingArgs",
    "SecretKeyArgs",
    "ServiceArgs",
    "ServiceSecrets",
    "ServiceSecretsArgs",
    "SlackChannelArgs",
    "SlackChannels",
    "SlackChannelsArgs",
    "TopicArgs",
]
