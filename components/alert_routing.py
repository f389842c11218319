"""Who is told of which alert: Alertmanager's configuration, and the secrets that it reads."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, get_args

import pulumi
import pulumi_kubernetes as kubernetes
import yaml

from catalog.rules import Channel
from settings import MonitoringSettings, PagerDutySettings

KIND = ("external-secrets.io/v1", "ExternalSecret")
# The Secret that prometheus-operator reads configuration from; its Alertmanager lists it under
# `secrets` too, which mounts every key as a file.
OBJECT = "alertmanager-main"
_FILES = f"/etc/alertmanager/secrets/{OBJECT}"

_EVENTS = {
    "us": "https://events.pagerduty.com/v2/enqueue",
    "eu": "https://events.eu.pagerduty.com/v2/enqueue",
}
_CHANNELS: Sequence[Channel] = get_args(Channel)
# What people put into Vault, by path: each channel's incoming webhook.
KEPT_SECRETS = {"alerting/slack": tuple(f"{channel}_webhook" for channel in _CHANNELS)}
_READY_SECONDS = 60
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
        account: The PagerDuty account that is paged.
        messages: Templates of what people read.
    """

    monitoring: MonitoringSettings
    account: PagerDutySettings
    messages: str


class AlertRouting(pulumi.ComponentResource):
    """
    An ExternalSecret, of which the cluster makes Alertmanager's Secret.

    The object has the configuration and only names the secrets: the operator reads configuration
    from Secrets alone, and of a Secret the engine would hide every change in previews.
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

        kubernetes.apiextensions.CustomResource(
            f"{name}-configuration",
            api_version=KIND[0],
            kind=KIND[1],
            metadata=kubernetes.meta.v1.ObjectMetaArgs(
                name=OBJECT,
                namespace=args.monitoring.namespace,
                annotations={
                    # Else an `up` succeeds while nobody is told of anything.
                    "pulumi.com/waitFor": "condition=Ready",
                    "pulumi.com/timeoutSeconds": str(_READY_SECONDS),
                },
            ),
            spec=_external_secret(args),
            opts=pulumi.ResourceOptions(parent=self),
        )

        self.secret_name = OBJECT
        self.register_outputs({"secret_name": self.secret_name})


def alertmanager_config(
    monitoring: MonitoringSettings, account: PagerDutySettings
) -> dict[str, Any]:
    """Give Alertmanager's configuration; what people read is in a template file of its own."""
    return {
        "global": {"resolve_timeout": "5m"},
        "templates": [f"{_FILES}/messages.tmpl"],
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
                        "url": _events_url(account),
                        "routing_key_file": f"{_FILES}/integration_key",
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


def _events_url(account: PagerDutySettings) -> str:
    own = account.api_url
    return _EVENTS[account.service_region] if own is None else f"{own}/v2/enqueue"


def _channel_route(channel: Channel) -> dict[str, Any]:
    matchers = [f'slack_channel="{channel}"']
    if channel == "critical":
        matchers.append('severity!="critical"')  # the pager's receiver has posted it there
    return {"receiver": f"slack-{channel}", "matchers": matchers}


def _slack(channel: Channel, monitoring: MonitoringSettings) -> dict[str, Any]:
    return {
        "api_url_file": f"{_FILES}/{channel}_webhook",
        "channel": f"#{monitoring.slack_channel_prefix}{channel}",
        "send_resolved": True,
    }


def _external_secret(args: AlertRoutingArgs) -> dict[str, Any]:
    monitoring = args.monitoring
    keys = {"integration_key": "alerting/pagerduty"} | {
        key: path for path, of_path in KEPT_SECRETS.items() for key in of_path
    }
    config = as_yaml(alertmanager_config(monitoring, args.account))
    texts = {"alertmanager.yaml": config, "messages.tmpl": args.messages}
    return {
        "refreshInterval": "5m",
        "secretStoreRef": {"kind": "ClusterSecretStore", "name": monitoring.secret_store},
        "target": {
            "name": OBJECT,
            "creationPolicy": "Owner",
            "template": {
                "engineVersion": "v2",
                "data": {key: _literal(text) for key, text in texts.items()}
                | {key: f"{{{{ .{key} }}}}" for key in keys},
            },
        },
        "data": [
            {"secretKey": key, "remoteRef": {"key": path, "property": key}}
            for key, path in keys.items()
        ],
    }


def _literal(text: str) -> str:
    """Write *text* so that External Secrets, which fills in templates, gives it back as it is."""
    return re.sub(r"\{\{|\}\}", lambda braces: f'{{{{ "{braces[0]}" }}}}', text)
