"""The methods `conversations.*`."""

import re

from sandbox.simulators.slack import access
from sandbox.simulators.slack.answers import Json, failed
from sandbox.simulators.slack.calls import Call, page
from sandbox.simulators.slack.workspace import ADMINISTRATOR, Workspace

_NAME = re.compile(r"[a-z0-9_-]+")
_LONGEST_NAME = 80
_LONGEST_TEXT = 250
_TYPES = {"public_channel": "public", "private_channel": "private", "mpim": "", "im": ""}


def create(workspace: Workspace, call: Call) -> Json:
    name = _free_name(workspace, call)
    visibility = "private" if call.flag("is_private") else "public"
    access.require(call, "write", visibility)
    return {"channel": _shown(workspace.new_channel(name, visibility, call.user), call)}


def listing(workspace: Workspace, call: Call) -> Json:
    types = str(call.arguments.get("types") or "public_channel").split(",")
    if unknown := [each for each in types if each.strip() not in _TYPES]:
        raise failed("invalid_types", detail=",".join(unknown))
    kinds = [kind for each in types if (kind := _TYPES[each.strip()])]
    for kind in kinds:
        access.require(call, "read", kind)
    seen = [
        each
        for each in workspace.store.every("channel")
        if each["visibility"] in kinds
        and (each["visibility"] == "public" or call.user in each["members"])
        and not (each["archived"] and call.flag("exclude_archived"))
    ]
    shown, cursor = page(call, seen)
    channels = [_shown(each, call) | {"num_members": len(each["members"])} for each in shown]
    return {"channels": channels, "response_metadata": {"next_cursor": cursor}}


def info(workspace: Workspace, call: Call) -> Json:
    channel = access.channel(workspace, call, "read")
    count = {"num_members": len(channel["members"])} if call.flag("include_num_members") else {}
    return {"channel": _shown(channel, call) | count}


def members(workspace: Workspace, call: Call) -> Json:
    channel = access.channel(workspace, call, "read")
    shown, cursor = page(call, channel["members"])
    return {"members": shown, "response_metadata": {"next_cursor": cursor}}


def history(workspace: Workspace, call: Call) -> Json:
    channel = access.channel(workspace, call, "history")
    if channel["visibility"] == "public" and call.token["kind"] == "bot":
        _require_member(channel, call)
    oldest, latest = _moment(call, "oldest", 0), _moment(call, "latest", float("inf"))
    inclusive = call.flag("inclusive")
    found = [
        message
        for message in reversed(workspace.store.every("message"))
        if message["channel"] == channel["id"]
        and (
            oldest < (at := float(message["id"])) < latest or (inclusive and at in (oldest, latest))
        )
    ]
    shown, cursor = page(call, found)
    more = {"response_metadata": {"next_cursor": cursor}} if cursor else {}
    return {
        "messages": [message_shown(each) for each in shown],
        "has_more": bool(cursor),
        "pin_count": 0,
    } | more


def archive(workspace: Workspace, call: Call) -> Json:
    channel = access.channel(workspace, call, "write")
    if channel["archived"]:
        raise failed("already_archived")
    _require_member(channel, call)
    workspace.store.put("channel", channel | {"archived": True})
    return {}


def unarchive(workspace: Workspace, call: Call) -> Json:
    channel = access.channel(workspace, call, "write")
    if not channel["archived"]:
        raise failed("not_archived")
    if call.token["kind"] == "bot":  # documented: a bot cannot; this is what it gets
        raise failed("not_in_channel")
    _keep_with(workspace, channel | {"archived": False}, call.user)
    return {}


def rename(workspace: Workspace, call: Call) -> Json:
    channel = access.channel(workspace, call, "write")
    _require_open(channel)
    _require_member(channel, call)
    if call.user not in (channel["creator"], ADMINISTRATOR):
        raise failed("not_authorized")
    name = (
        call.text("name") if call.text("name") == channel["name"] else _free_name(workspace, call)
    )
    before = [*channel["previous_names"], channel["name"]]
    channel |= {"name": name, "previous_names": before}
    workspace.store.put("channel", channel)
    return {"channel": _shown(channel, call)}


def set_topic(workspace: Workspace, call: Call) -> Json:
    return _set(workspace, call, "topic")


def set_purpose(workspace: Workspace, call: Call) -> Json:
    return _set(workspace, call, "purpose")


def join(workspace: Workspace, call: Call) -> Json:
    channel = access.channel(workspace, call, "join")
    _require_open(channel)
    if channel["visibility"] == "private":
        raise failed("method_not_supported_for_channel_type")
    warning = "already_in_channel"
    known = call.user in channel["members"]
    channel = _keep_with(workspace, channel, call.user)
    warned = {"warning": warning, "response_metadata": {"warnings": [warning]}} if known else {}
    return {"channel": _shown(channel, call)} | warned


def invite(workspace: Workspace, call: Call) -> Json:
    channel = access.channel(workspace, call, "invite")
    users = [user for user in str(call.arguments.get("users") or "").split(",") if user]
    if not users:
        raise failed("no_user")
    _require_open(channel)
    _require_member(channel, call)
    errors = []
    for user in users:
        if workspace.store.find("user", user) is None:
            errors.append({"user": user, "ok": False, "error": "user_not_found"})
        elif user == call.user:
            errors.append({"user": user, "ok": False, "error": "cant_invite_self"})
        elif user in channel["members"]:
            errors.append({"user": user, "ok": False, "error": "already_in_channel"})
    wrong = {each["user"] for each in errors}
    good = [user for user in users if user not in wrong]
    if errors and not (call.flag("force") and good):
        raise failed(str(errors[0]["error"]), errors=errors)
    return {"channel": _shown(_keep_with(workspace, channel, *good), call)}


def message_shown(message: Json) -> Json:
    """Return a message as Slack shows it."""
    known = {key: message["payload"].get(key) for key in ("text", "attachments", "blocks")}
    author = {
        key: message[key] for key in ("user", "bot_id", "subtype", "edited") if key in message
    }
    content = {key: value for key, value in known.items() if value}
    return {"type": "message", "ts": message["id"], "text": ""} | author | content


def _set(workspace: Workspace, call: Call, what: str) -> Json:
    value = call.text(what)
    channel = access.channel(workspace, call, "topic")
    _require_open(channel)
    _require_member(channel, call)
    if len(value) > _LONGEST_TEXT:
        raise failed("too_long")
    changed = {"value": value, "creator": call.user, "last_set": workspace.seconds()}
    channel[what] = changed
    workspace.store.put("channel", channel)
    return {"channel": _shown(channel, call)}


def _free_name(workspace: Workspace, call: Call) -> str:
    name = str(call.arguments.get("name") or "")
    if not name:
        raise failed("invalid_name_required")
    if len(name) > _LONGEST_NAME:
        raise failed("invalid_name_maxlength")
    if not _NAME.fullmatch(name):
        raise failed("invalid_name_specials")
    if not name.strip("_-"):
        raise failed("invalid_name_punctuation")
    if workspace.named(name):
        raise failed("name_taken")
    return name


def _keep_with(workspace: Workspace, channel: Json, *users: str) -> Json:
    channel |= {"members": list(dict.fromkeys([*channel["members"], *users]))}
    workspace.store.put("channel", channel)
    return channel


def _require_open(channel: Json) -> None:
    if channel["archived"]:
        raise failed("is_archived")


def _require_member(channel: Json, call: Call) -> None:
    if call.user not in channel["members"]:
        raise failed("not_in_channel")


def _moment(call: Call, name: str, default: float) -> float:
    given = call.arguments.get(name)
    try:
        return default if given in (None, "") else float(str(given))
    except ValueError:
        raise failed(f"invalid_ts_{name}") from None


def _shown(channel: Json, call: Call) -> Json:
    private = channel["visibility"] == "private"
    return {
        "id": channel["id"],
        "name": channel["name"],
        "name_normalized": channel["name"],
        "is_channel": True,
        "is_group": False,
        "is_im": False,
        "is_mpim": False,
        "is_private": private,
        "is_archived": channel["archived"],
        "is_general": False,
        "is_member": call.user in channel["members"],
        "is_shared": False,
        "is_ext_shared": False,
        "is_org_shared": False,
        "created": channel["created"],
        "creator": channel["creator"],
        "topic": channel["topic"],
        "purpose": channel["purpose"],
        "previous_names": channel["previous_names"],
    }
