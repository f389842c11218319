"""Build the arguments of each component from the settings of a stack."""

from collections.abc import Sequence
from typing import Any

import pulumi

from catalog.secrets import service_variables
from catalog.services import SERVICES_NAMESPACE
from components import (
    AlertingSecretsArgs,
    AlertRoutingArgs,
    AlertRulesArgs,
    ChannelArgs,
    DashboardsArgs,
    EscalationLevelArgs,
    HeartbeatArgs,
    InhibitionArgs,
    KafkaTopicsArgs,
    PagerArgs,
    Paging,
    PagingArgs,
    ScrapingArgs,
    SecretKeyArgs,
    SlackChannelArgs,
    SlackChannelsArgs,
    TopicArgs,
)
from settings import PagerDutySettings, Settings

_EVENTS = {
    "us": "https://events.pagerduty.com/v2/enqueue",
    "eu": "https://events.eu.pagerduty.com/v2/enqueue",
}
_SAME = ["service", "stack"]
# The label of the alerts that `waqiti verify` sends.
_APART = ["verification_id"]
# The Secret from which prometheus-operator reads the Alertmanager configuration.
_ALERTMANAGER = "alertmanager-main"
_ADDED_ROUTES = "waqiti-routing"
_WAR_ROOM = "war-room"
_HEARTBEAT = "AlertingHeartbeat"
_HEARTBEAT_FILE = "heartbeat"
_PAGER = SecretKeyArgs(path="alerting/pagerduty", key="integration_key")


def kafka_topics(settings: Settings) -> KafkaTopicsArgs:
    """Return the topics of the catalog on the stack's cluster."""
    return KafkaTopicsArgs(
        topics={
            name: TopicArgs(
                partitions=topic.partitions,
                config=dict(topic.config.as_kafka()),
                producers=list(topic.producers),
                consumers=list(topic.consumers),
                deny_deletion=topic.audit,
                expected={
                    "records_per_second": topic.expected.records_per_second,
                    "record_bytes": topic.expected.record_bytes,
                },
            )
            for name, topic in settings.topics.items()
        },
        replication_factor=settings.kafka.replication_factor,
        principal_template=settings.kafka.principal_template,
        client_host=settings.kafka.client_hosts.host,
        idempotent_write=settings.kafka.idempotent_write,
    )


def paging(settings: Settings) -> PagingArgs | None:
    """Return the PagerDuty service and escalation policy of the stack, if it pages."""
    account = settings.pagerduty
    if not account.enabled:
        return None
    return PagingArgs(
        service_name=account.service_name,
        description="Alerts of the Waqiti payment platform.",
        escalation=[
            EscalationLevelArgs(
                start_minutes=level.start_minutes, schedule=level.schedule, user=level.user
            )
            for level in account.escalation
        ],
        last_level_minutes=account.last_level_minutes,
        loops=account.loops,
        acknowledgement_timeout_minutes=account.acknowledgement_timeout_minutes,
        auto_resolve_minutes=account.auto_resolve_minutes,
        key_generation=account.key_generation,
    )


def integration_key(paging: Paging | None) -> pulumi.Output[str] | None:
    """Return the key of the PagerDuty service, if there is one."""
    return paging.integration_key if paging else None


def alerting_secrets(
    settings: Settings, integration_key: pulumi.Input[str] | None
) -> AlertingSecretsArgs:
    """Return the PagerDuty key for Vault, if there is one, and the variables of the services."""
    pager = {} if integration_key is None else {_PAGER["key"]: integration_key}
    return AlertingSecretsArgs(
        mount=settings.vault.mount,
        secrets={_PAGER["path"]: pager} if pager else {},
        variables={
            variable: SecretKeyArgs(path=path, key=key)
            for variable, (path, key) in service_variables(settings.secrets).items()
        },
        switches={
            "PAGERDUTY_ENABLED": settings.pagerduty.enabled,
            "SLACK_ENABLED": settings.slack.enabled,
        },
    )


def alert_rules(settings: Settings) -> AlertRulesArgs:
    """Return the rule files; each rule has its severity and the URL of its runbook."""
    monitoring = settings.monitoring
    return AlertRulesArgs(
        namespace=monitoring.namespace,
        labels={"release": monitoring.release},
        files={
            name: file.applied(monitoring.runbook_base_url)["groups"]
            for name, file in settings.alert_rules.items()
            if monitoring.heartbeat or name != _HEARTBEAT_FILE
        }
        | _deployed(settings.services.deployed),
        alert_labels=_alert_labels(settings),
        object_prefix="waqiti-",
    )


def scraping(settings: Settings) -> ScrapingArgs:
    """Return what Prometheus scrapes and probes: the deployed services."""
    monitoring = settings.monitoring
    return ScrapingArgs(
        namespace=monitoring.namespace,
        labels={"release": monitoring.release},
        services_namespace=SERVICES_NAMESPACE,
        services=list(settings.services.deployed),
        port=settings.services.port,
        metrics_path="/actuator/prometheus",
        health_path="/actuator/health",
        prober=monitoring.prober,
        object_name="waqiti-services",
    )


def alert_routing(settings: Settings) -> AlertRoutingArgs:
    """Return the routes from each alert to its receivers."""
    monitoring = settings.monitoring
    webhooks = next((path for path, s in settings.secrets.items() if s.webhooks), "")
    args = AlertRoutingArgs(
        namespace=monitoring.namespace,
        secret_store=monitoring.secret_store,
        alert_labels=_alert_labels(settings),
        channels={
            name: ChannelArgs(
                channel=f"#{monitoring.slack_channel_prefix}{name}",
                webhook=SecretKeyArgs(path=webhooks, key=channel.webhook_key),
            )
            for name, channel in settings.channels.items()
        },
        critical_channel="critical",
        default_channel="engineering",
        inhibitions=[
            InhibitionArgs(
                source=[f'alertname="{source}"'],
                target=[f'alertname{"=" if len(targets) == 1 else "=~"}"{"|".join(targets)}"'],
            )
            for source, targets in settings.inhibitions.items()
        ],
        same=_SAME,
        apart=_APART,
        messages=settings.alert_messages,
        object_name=_ADDED_ROUTES if monitoring.added_routes else _ALERTMANAGER,
        added=monitoring.added_routes,
    )
    if settings.pagerduty.enabled:
        args["pager"] = PagerArgs(
            events_url=_events_url(settings.pagerduty),
            integration_key=_PAGER,
            key_generation=settings.pagerduty.key_generation,
            details={"incident": _incident_url(settings)},
        )
    if monitoring.heartbeat:
        url = SecretKeyArgs(path="alerting/heartbeat", key="heartbeat_url")
        args["heartbeat"] = HeartbeatArgs(alert=_HEARTBEAT, url=url)
    return args


def slack_channels(settings: Settings) -> SlackChannelsArgs:
    """Return the Slack channels of the stack; none if Slack is switched off."""
    prefix, base = settings.monitoring.slack_channel_prefix, settings.monitoring.runbook_base_url
    topic = f"Incidents: {_incident_url(settings)}"
    channels = {
        name: SlackChannelArgs(
            name=f"{prefix}{name}",
            private=channel.private,
            topic=topic,
            purpose=(
                f"Alerts of the stack {settings.stack} for the team {channel.team}. Each has the "
                f"link to its runbook: {base}"
            ),
        )
        for name, channel in settings.channels.items()
    }
    if settings.slack.enabled and settings.slack.war_room:
        channels[_WAR_ROOM] = SlackChannelArgs(
            name=f"{prefix}{_WAR_ROOM}",
            private=True,
            topic=topic,
            purpose=f"The people of an incident of the stack {settings.stack}. No alert is posted.",
        )
    return SlackChannelsArgs(channels=channels)


def dashboards(settings: Settings) -> DashboardsArgs:
    """Return the stack's folder and the committed dashboards."""
    return DashboardsArgs(
        folder_uid=settings.grafana.folder_uid,
        folder_title=settings.grafana.folder_title,
        dashboards=dict(settings.dashboards),
    )


def _deployed(services: Sequence[str]) -> dict[str, list[dict[str, Any]]]:
    """
    Return the rules that record which services are deployed.

    The rules about absent series read them, and so stay silent about a service that does not run.
    """
    rules = [
        {"record": "waqiti:service_deployed", "expr": "vector(1)", "labels": {"service": service}}
        for service in services
    ]
    if not rules:
        return {}
    return {"deployed": [{"name": "deployed", "interval": "15s", "rules": rules}]}


def _alert_labels(settings: Settings) -> dict[str, str]:
    """Return the labels of our alerts; Prometheus may add its own to all alerts of the cluster."""
    return {"platform": "waqiti", "stack": settings.stack}


def _incident_url(settings: Settings) -> str:
    return f"{settings.monitoring.runbook_base_url}/incident.md"


def _events_url(account: PagerDutySettings) -> str:
    own = account.api_url
    return _EVENTS[account.service_region] if own is None else f"{own}/v2/enqueue"
