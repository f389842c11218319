"""Alertmanager's whole configuration, which names secrets by their files."""

from collections.abc import Mapping
from typing import Any

import yaml

from components.alert_routing.args import AlertRoutingArgs, ChannelArgs
from components.alert_routing.mutable_pages import mutable_pages

# prometheus-operator reads the configuration from one Secret, and mounts every Secret that its
# Alertmanager lists under `secrets` here.
_SECRETS = "/etc/alertmanager/secrets"
# Alertmanager requires a receiver of the alerts that no other route takes: it notifies nobody.
NOBODY = "nobody"
GROUP_WAIT = "30s"
GROUP_INTERVAL = "5m"
REPEAT_INTERVAL = "12h"
# The heartbeat arrives every minute or two.
HEARTBEAT_TIMES = {"group_wait": "0s", "group_interval": "1m", "repeat_interval": "1m"}
# The alerts of one evaluation arrive together, within milliseconds.
PAGE_TIMES = {"group_wait": "1s", "group_interval": "1m", "repeat_interval": "4h"}
# What an inhibition can mute waits for the alert that mutes it, which another evaluation may send.
MUTABLE_PAGE_WAIT = "10s"


def configuration(args: AlertRoutingArgs, secret: str, events_url: str) -> dict[str, Any]:
    """
    Return the configuration.

    Args:
        args: The component's arguments.
        secret: The Secret that has the keys as files.
        events_url: The resolved `pager.events_url`.
    """
    files = f"{_SECRETS}/{secret}"
    same, apart = args.get("same", []), args.get("apart", [])
    return {
        "global": {"resolve_timeout": "5m"},
        "templates": [f"{files}/messages.tmpl"],
        "route": {
            "receiver": NOBODY,
            "group_by": ["alertname", *same, *apart],  # PagerDuty's dedup key is made of these
            "group_wait": GROUP_WAIT,
            "group_interval": GROUP_INTERVAL,
            "repeat_interval": REPEAT_INTERVAL,
            "routes": [
                {
                    # Our alerts that name no channel.
                    "receiver": default_receiver(args),
                    "matchers": _ours(args),
                    "routes": [
                        *_heartbeat_route(args),
                        {
                            "receiver": "pager",
                            "matchers": ['severity="critical"'],
                            **PAGE_TIMES,
                            "continue": True,
                            "routes": [
                                {"matchers": matchers, "group_wait": MUTABLE_PAGE_WAIT}
                                for matchers in mutable_pages(args.get("inhibitions", []))
                            ],
                        },
                        *(
                            _channel_route(key, args["critical_channel"])
                            for key in args["channels"]
                        ),
                    ],
                }
            ],
        },
        "inhibit_rules": [
            {
                # Two alerts that both lack a label of `equal` count as equal.
                "source_matchers": [*_ours(args), *i["source"], *(f'{n}!=""' for n in same)],
                "target_matchers": [*_ours(args), *i["target"]],
                "equal": [*same, *apart],
            }
            for i in args.get("inhibitions", [])
        ],
        "receivers": [
            {"name": NOBODY},
            *_heartbeat_receiver(args, files),
            _critical_receiver(args, files, events_url),
            *(
                {"name": f"slack-{key}", "slack_configs": [_slack(channel, files)]}
                for key, channel in args["channels"].items()
            ),
        ],
    }


def default_receiver(args: AlertRoutingArgs) -> str:
    """Return who is notified of our alerts that name no channel."""
    return f"slack-{args['default_channel']}" if args["channels"] else NOBODY


def as_yaml(config: Mapping[str, Any]) -> str:
    """Return *config* as YAML in its own order."""
    return yaml.safe_dump(config, sort_keys=False, width=120)


def _heartbeat_route(args: AlertRoutingArgs) -> list[dict[str, Any]]:
    if "heartbeat" not in args:
        return []
    matchers = [f'alertname="{args["heartbeat"]["alert"]}"']
    return [{"receiver": "heartbeat", "matchers": matchers, **HEARTBEAT_TIMES}]


def _heartbeat_receiver(args: AlertRoutingArgs, files: str) -> list[dict[str, Any]]:
    if "heartbeat" not in args:
        return []
    url = f"{files}/{args['heartbeat']['url']['key']}"
    # An end would count as a sign of life.
    webhook = {"url_file": url, "send_resolved": False}
    return [{"name": "heartbeat", "webhook_configs": [webhook]}]


def _critical_receiver(args: AlertRoutingArgs, files: str, events_url: str) -> dict[str, Any]:
    receiver: dict[str, Any] = {"name": "pager"}
    if "pager" in args:
        receiver["pagerduty_configs"] = [
            {
                "url": events_url,
                "routing_key_file": f"{files}/{args['pager']['integration_key']['key']}",
                "severity": "critical",
                "send_resolved": True,
                **({"details": details} if (details := args["pager"].get("details")) else {}),
            }
        ]
    if args["channels"]:
        receiver["slack_configs"] = [_slack(args["channels"][args["critical_channel"]], files)]
    return receiver


def _ours(args: AlertRoutingArgs) -> list[str]:
    return [f'{name}="{value}"' for name, value in args["alert_labels"].items()]


def _channel_route(key: str, critical: str) -> dict[str, Any]:
    matchers = [f'slack_channel="{key}"']
    if key == critical:
        matchers.append('severity!="critical"')  # the pager's receiver has posted it there
    return {"receiver": f"slack-{key}", "matchers": matchers}


def _slack(channel: ChannelArgs, files: str) -> dict[str, Any]:
    return {
        "api_url_file": f"{files}/{channel['webhook']['key']}",
        "channel": channel["channel"],
        "send_resolved": True,
    }
