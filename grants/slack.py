"""The Slack app, as its manifest: what an administrator creates and installs."""

import json
from collections.abc import Sequence

from grants.declared import Declared

_CHANNEL = "waqiti:slack:Channel"
# A public channel is joined before it is changed; in a private one, people invite the app.
_SCOPES = {
    False: ("channels:join", "channels:manage", "channels:read"),
    True: ("groups:read", "groups:write"),
}


def scopes(declared: Declared) -> Sequence[str]:
    """Return the scopes with which Pulumi writes the channels of a stack."""
    kinds = {bool(channel["private"]) for channel in declared.of_type(_CHANNEL)}
    return [scope for kind, those in _SCOPES.items() if kind in kinds for scope in those]


def manifest(declared: Declared) -> str:
    """Return the manifest of the app: its bot has the scopes, and webhooks are switched on."""
    settings = declared.settings
    if not settings.slack.enabled:
        return ""
    content = {
        "display_information": {
            "name": settings.slack.app_name,
            "description": f"Alerts of the stack {settings.stack}, and their channels.",
        },
        "features": {"bot_user": {"display_name": settings.slack.app_name}},
        "oauth_config": {"scopes": {"bot": [*scopes(declared), "incoming-webhook"]}},
        "settings": {"incoming_webhooks": {"incoming_webhooks_enabled": True}},
    }
    return json.dumps(content, indent=2) + "\n"
