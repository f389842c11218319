"""Routes that are added to the company's own Alertmanager configuration."""

from typing import Any

from components.alert_routing.args import AlertRoutingArgs, ChannelArgs, parsed
from components.alert_routing.configuration import (
    GROUP_INTERVAL,
    GROUP_WAIT,
    HEARTBEAT_TIMES,
    MUTABLE_PAGE_WAIT,
    NOBODY,
    PAGE_TIMES,
    REPEAT_INTERVAL,
    default_receiver,
)
from components.alert_routing.mutable_pages import mutable_pages

KIND = ("monitoring.coreos.com/v1alpha1", "AlertmanagerConfig")

_CAMEL = {"group_wait": "groupWait", "group_interval": "groupInterval"}
_CAMEL |= {"repeat_interval": "repeatInterval"}


def added_routes(args: AlertRoutingArgs, secret: str) -> dict[str, Any]:
    """
    Return the spec of an AlertmanagerConfig that takes only alerts with `alert_labels`.

    The operator merges it below the company's root route, ahead of nothing: unmatched alerts stay
    with the company's own routes. Alertmanager's `alertmanagerConfigMatcherStrategy` must be `None`
    where alerts carry another `namespace` than this object.
    """
    ours = [_equal(name, value) for name, value in args["alert_labels"].items()]
    same, apart = args.get("same", []), args.get("apart", [])
    critical = args["critical_channel"]
    return {
        "route": {
            "receiver": default_receiver(args),
            "matchers": ours,
            "groupBy": ["alertname", *same, *apart],
            "groupWait": GROUP_WAIT,
            "groupInterval": GROUP_INTERVAL,
            "repeatInterval": REPEAT_INTERVAL,
            "routes": [
                *_heartbeat_route(args),
                {
                    "receiver": "pager",
                    "matchers": [_equal("severity", "critical")],
                    **{_CAMEL[key]: value for key, value in PAGE_TIMES.items()},
                    "continue": True,
                    "routes": [
                        {
                            "receiver": "pager",
                            "matchers": [*map(_matcher, matchers)],
                            "groupWait": MUTABLE_PAGE_WAIT,
                        }
                        for matchers in mutable_pages(args.get("inhibitions", []))
                    ],
                },
                *(
                    {
                        "receiver": f"slack-{key}",
                        "matchers": [
                            _equal("slack_channel", key),
                            *([_equal("severity", "critical", "!=")] if key == critical else []),
                        ],
                    }
                    for key in args["channels"]
                ),
            ],
        },
        "inhibitRules": [
            {
                # Two alerts that both lack a label of `equal` count as equal.
                "sourceMatch": [
                    *ours,
                    *map(_matcher, i["source"]),
                    *(_equal(name, "", "!=") for name in same),
                ],
                "targetMatch": [*ours, *map(_matcher, i["target"])],
                "equal": [*same, *apart],
            }
            for i in args.get("inhibitions", [])
        ],
        "receivers": [
            *_heartbeat_receiver(args, secret),
            *([] if args["channels"] else [{"name": NOBODY}]),
            _critical_receiver(args, secret),
            *(
                {"name": f"slack-{key}", "slackConfigs": [_slack(args, channel, secret)]}
                for key, channel in args["channels"].items()
            ),
        ],
    }


def _heartbeat_route(args: AlertRoutingArgs) -> list[dict[str, Any]]:
    if "heartbeat" not in args:
        return []
    return [
        {
            "receiver": "heartbeat",
            "matchers": [_equal("alertname", args["heartbeat"]["alert"])],
            **{_CAMEL[key]: value for key, value in HEARTBEAT_TIMES.items()},
        }
    ]


def _heartbeat_receiver(args: AlertRoutingArgs, secret: str) -> list[dict[str, Any]]:
    if "heartbeat" not in args:
        return []
    webhook = {"urlSecret": _key(secret, args["heartbeat"]["url"]["key"]), "sendResolved": False}
    return [{"name": "heartbeat", "webhookConfigs": [webhook]}]


def _critical_receiver(args: AlertRoutingArgs, secret: str) -> dict[str, Any]:
    receiver: dict[str, Any] = {"name": "pager"}
    if "pager" in args:
        pairs = args["pager"].get("details", {}).items()
        details = [{"key": key, "value": value} for key, value in pairs]
        receiver["pagerdutyConfigs"] = [
            {
                "url": args["pager"]["events_url"],
                "routingKey": _key(secret, args["pager"]["integration_key"]["key"]),
                "severity": "critical",
                "sendResolved": True,
                **_texts(args, {"description": "pagerduty.default.description"}),
                **({"details": details} if details else {}),
            }
        ]
    if args["channels"]:
        receiver["slackConfigs"] = [
            _slack(args, args["channels"][args["critical_channel"]], secret)
        ]
    return receiver


def _slack(args: AlertRoutingArgs, channel: ChannelArgs, secret: str) -> dict[str, Any]:
    return {
        "apiURL": _key(secret, channel["webhook"]["key"]),
        "channel": channel["channel"],
        "sendResolved": True,
        **_texts(args, {"title": "slack.default.title", "text": "slack.default.text"}),
    }


def _texts(args: AlertRoutingArgs, templates: dict[str, str]) -> dict[str, str]:
    """Define the templates in each text: an AlertmanagerConfig cannot add template files."""
    messages = args.get("messages", "").strip()
    if not messages:
        return {}
    return {
        field: f'{messages}{{{{ template "{template}" . }}}}'
        for field, template in templates.items()
    }


def _key(secret: str, key: str) -> dict[str, str]:
    return {"name": secret, "key": key}


def _equal(name: str, value: str, match_type: str = "=") -> dict[str, str]:
    return {"name": name, "value": value, "matchType": match_type}


def _matcher(text: str) -> dict[str, str]:
    """Return the operator's form of a matcher such as `alertname="A"`."""
    name, match_type, value = parsed(text)
    return _equal(name, value, match_type)
