"""Who is told of which alert: Alertmanager's configuration, and the secrets that it reads."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

import pulumi
import pulumi_kubernetes as kubernetes
import yaml

from catalog.rules import Channel
from settings import MonitoringSettings

# The object's name, its key, and where the operator mounts it; docs in `alert_rules/README.md`.
OBJECT = "alertmanager-routing"
CONFIG_KEY = "alertmanager.yaml"
_SECRETS = "/etc/alertmanager/config"
_TEMPLATES = f"/etc/alertmanager/configmaps/{OBJECT}/*.tmpl"

_EVENTS = {
    "us": "https://events.pagerduty.com/v2/enqueue",
    "eu": "https://events.eu.pagerduty.com/v2/enqueue",
}
_CHANNELS: Sequence[Channel] = get_args(Channel)
_SAME = ("service", "stack")
# Each pair is one outage: while the first alert fires, the second is not told.
_INHIBITIONS = (
    # A service that does not answer breaks everything else that is known of it.
    ('alertname="ServiceUnavailable"', 'alertname!="ServiceUnavailable"'),
    ('alertname="ServiceErrorRateHigh"', 'alertname="ServiceErrorRateAboveGate"'),
    ('alertname="EncryptionAuditGap"', 'alertname="AuditReconciliationFoundGap"'),
)


@dataclass(frozen=True, kw_only=True)
class AlertRoutingArgs:
    """
    What `AlertRouting` needs.

    Args:
        monitoring: The Alertmanager that is to take it.
        service_region: Where the PagerDuty account is.
        messages: Templates of what people read.
    """

    monitoring: MonitoringSettings
    service_region: Literal["us", "eu"]
    messages: str


class AlertRouting(pulumi.ComponentResource):
    """
    A ConfigMap with the configuration; an ExternalSecret makes Alertmanager's Secret of it.

    The ConfigMap holds no secret, so previews show every change of a route; in a Secret, the
    engine would hide them. The operator reads configuration from Secrets alone: the one that
    External Secrets makes has the configuration and, beside it, the key and the webhooks as files.
    """

    secret_name: str

    def __init__(
        self,
        name: str,
        args: AlertRoutingArgs,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Declare the routing of *args* under *name*."""
        super().__init__("waqiti:kubernetes:AlertRouting", name, {}, opts)

        metadata = kubernetes.meta.v1.ObjectMetaArgs(
            name=OBJECT, namespace=args.monitoring.namespace
        )
        config = kubernetes.core.v1.ConfigMap(
            f"{name}-config",
            metadata=metadata,
            data={
                CONFIG_KEY: as_yaml(alertmanager_config(args.monitoring, args.service_region)),
                "messages.tmpl": args.messages,
            },
            opts=pulumi.ResourceOptions(parent=self),
        )
        kubernetes.apiextensions.CustomResource(
            f"{name}-secrets",
            api_version="external-secrets.io/v1",
            kind="ExternalSecret",
            metadata=metadata,
            spec=_external_secret(args.monitoring.secret_store),
            opts=pulumi.ResourceOptions(parent=self, depends_on=[config]),
        )

        self.secret_name = OBJECT
        self.register_outputs({"secret_name": self.secret_name})


def alertmanager_config(
    monitoring: MonitoringSettings, service_region: Literal["us", "eu"]
) -> dict[str, Any]:
    """
    Give Alertmanager's configuration.

    It holds no `{{`: External Secrets reads it as a template of its own.
    """
    return {
        "global": {"resolve_timeout": "5m"},
        "templates": [_TEMPLATES],
        "route": {
            # What no rule of ours sent; a rule of ours always names its channel.
            "receiver": "slack-engineering",
            "group_by": ["alertname", *_SAME],  # PagerDuty's dedup key is made of these
            "group_wait": "30s",
            "group_interval": "5m",
            "repeat_interval": "12h",
            "routes": [
                {
                    "receiver": "pager",
                    "matchers": ['severity="critical"'],
                    # A page waits for what inhibits it, which the same round of evaluation sends.
                    "group_wait": "10s",
                    "group_interval": "1m",
                    "repeat_interval": "4h",
                    "continue": True,
                },
                *(_channel_route(channel) for channel in _CHANNELS),
            ],
        },
        "inhibit_rules": [
            {"source_matchers": [source], "target_matchers": [target], "equal": [*_SAME]}
            for source, target in _INHIBITIONS
        ],
        "receivers": [
            {
                "name": "pager",
                "pagerduty_configs": [
                    {
                        "url": monitoring.pagerduty_events_url or _EVENTS[service_region],
                        "routing_key_file": f"{_SECRETS}/integration_key",
                        "severity": "critical",
                        "send_resolved": True,
                    }
                ],
                "slack_configs": [_slack("critical", monitoring)],
            },
            *(
                {"name": f"slack-{channel}", "slack_configs": [_slack(channel, monitoring)]}
                for channel in _CHANNELS
            ),
        ],
    }


def as_yaml(config: Mapping[str, Any]) -> str:
    """Write a configuration as a person would read it: in its own order."""
    return yaml.safe_dump(config, sort_keys=False, width=120)


def _channel_route(channel: Channel) -> dict[str, Any]:
    matchers = [f'slack_channel="{channel}"']
    if channel == "critical":
        matchers.append('severity!="critical"')  # the pager's receiver has posted it there
    return {"receiver": f"slack-{channel}", "matchers": matchers}


def _slack(channel: Channel, monitoring: MonitoringSettings) -> dict[str, Any]:
    return {
        "api_url_file": f"{_SECRETS}/{channel}_webhook",
        "channel": f"#{monitoring.slack_channel_prefix}{channel}",
        "send_resolved": True,
    }


def _external_secret(store: str) -> dict[str, Any]:
    keys = {"integration_key": "alerting/pagerduty"} | {
        f"{channel}_webhook": "alerting/slack" for channel in _CHANNELS
    }
    return {
        "refreshInterval": "5m",
        "secretStoreRef": {"kind": "ClusterSecretStore", "name": store},
        "target": {
            "name": OBJECT,
            "creationPolicy": "Owner",
            "template": {
                "engineVersion": "v2",
                "mergePolicy": "Merge",
                "templateFrom": [
                    {
                        "target": "Data",
                        "configMap": {
                            "name": OBJECT,
                            "items": [{"key": CONFIG_KEY, "templateAs": "Values"}],
                        },
                    }
                ],
            },
        },
        "data": [
            {"secretKey": key, "remoteRef": {"key": path, "property": key}}
            for key, path in keys.items()
        ],
    }
