"""Valid arguments of AlertRouting."""

from typing import Any, cast

from components import AlertRoutingArgs, ChannelArgs

URL = "https://events.example/v2/enqueue"
KEYS = {"integration_key": "pager", "urgent_webhook": "chat", "other_webhook": "chat"}
HEARTBEAT = {"alert": "AlwaysFires", "url": {"path": "outside", "key": "heartbeat_url"}}


def channel(name: str) -> ChannelArgs:
    return {"channel": f"#{name}", "webhook": {"path": "chat", "key": f"{name}_webhook"}}


def arguments(**changes: Any) -> AlertRoutingArgs:
    args: dict[str, Any] = {
        "namespace": "monitoring",
        "secret_store": "vault",
        "alert_labels": {"platform": "shop", "stack": "blue"},
        "pager": {
            "events_url": URL,
            "integration_key": {"path": "pager", "key": "integration_key"},
        },
        "channels": {"urgent": channel("urgent"), "other": channel("other")},
        "critical_channel": "urgent",
        "default_channel": "other",
        "inhibitions": [{"source": ['alertname="A"'], "target": ['alertname=~"B|C"']}],
        "same": ["service"],
        "messages": '{{ define "a" }}{{ end }}',
    }
    return cast("AlertRoutingArgs", args | changes)
