"""The methods `chat.*`."""

import json
from typing import Any

from sandbox.simulators.slack import access
from sandbox.simulators.slack.answers import Json, failed
from sandbox.simulators.slack.calls import Call
from sandbox.simulators.slack.conversations import message_shown
from sandbox.simulators.slack.messages import MOST_ATTACHMENTS
from sandbox.simulators.slack.workspace import Workspace

# One message a second and channel, with short bursts.
_BURST = 10


def post_message(workspace: Workspace, call: Call) -> Json:
    access.require(call, "post")
    named = workspace.named(call.text("channel").removeprefix("#"))
    channel = access.visible(
        call, workspace.store.find("channel", call.text("channel")) or named, "post"
    )
    if channel["archived"]:
        raise failed("is_archived")
    outside = call.user not in channel["members"]
    if outside and "chat:write.public" not in call.token["scopes"]:
        raise failed("not_in_channel")
    payload = _payload(call)
    access.limit(workspace, call.user, f"chat.postMessage {channel['id']}", _BURST, _BURST)
    message = workspace.post(channel["id"], payload, user=call.user)
    return {"channel": channel["id"], "ts": message["id"], "message": message_shown(message)}


def update(workspace: Workspace, call: Call) -> Json:
    access.require(call, "post")
    stamp = call.text("ts")
    channel = access.channel(workspace, call, "post")
    message = workspace.store.find("message", stamp)
    if message is None or message["channel"] != channel["id"]:
        raise failed("message_not_found")
    if message.get("user") != call.user:
        raise failed("cant_update_message")
    if channel["archived"]:
        raise failed("is_inactive")
    edited = {"user": call.user, "ts": f"{workspace.seconds()}.000000"}
    message |= {"payload": _payload(call), "edited": edited}
    workspace.store.put("message", message)
    shown = message_shown(message)
    return {"channel": channel["id"], "ts": stamp, "text": shown["text"], "message": shown}


def _payload(call: Call) -> Json:
    payload = {
        "text": call.arguments.get("text") or "",
        "attachments": _listed(call, "attachments", "invalid_attachments"),
        "blocks": _listed(call, "blocks", "invalid_blocks_format"),
    }
    if not any(payload.values()):
        raise failed("no_text")
    if len(payload["attachments"]) > MOST_ATTACHMENTS:
        raise failed("too_many_attachments")
    return {key: value for key, value in payload.items() if value}


def _listed(call: Call, name: str, error: str) -> list[dict[str, Any]]:
    """Return a list of objects: a form has it as JSON."""
    given = call.arguments.get(name) or []
    try:
        found = json.loads(given) if isinstance(given, str) else given
    except ValueError:
        raise failed(error) from None
    if not isinstance(found, list) or not all(isinstance(each, dict) for each in found):
        raise failed(error)
    return found
