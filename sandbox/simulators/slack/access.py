"""What a token may do: its scopes, the channels that it sees, and how often it may call."""

from sandbox.simulators.slack.answers import Json, failed, rate_limited
from sandbox.simulators.slack.calls import Call
from sandbox.simulators.slack.private_file import digest
from sandbox.simulators.slack.scopes import accepted
from sandbox.simulators.slack.workspace import Workspace


def authenticated(workspace: Workspace, secret: str) -> Json:
    """Return the token of a secret, or refuse."""
    if not secret:
        raise failed("not_authed")
    token = workspace.store.find("token", digest(secret))
    if token is None:
        raise failed("invalid_auth")
    if token["revoked"]:
        raise failed("account_inactive" if token["kind"] == "bot" else "token_revoked")
    return token


def require(call: Call, verb: str, visibility: str = "public") -> None:
    """Refuse a token without a scope for *verb* on such a channel."""
    scopes = accepted(verb, visibility, call.token["kind"])
    if not set(scopes) & set(call.token["scopes"]):
        raise failed("missing_scope", needed=scopes[0], provided=",".join(call.token["scopes"]))


def channel(workspace: Workspace, call: Call, verb: str) -> Json:
    """Return the channel of a call; a private one exists only for its members."""
    identifier = call.text("channel")
    found = workspace.store.find("channel", identifier)
    return visible(call, found, verb)


def visible(call: Call, found: Json | None, verb: str) -> Json:
    """Return *found* if the token sees it and has a scope for *verb*."""
    if found is None or (found["visibility"] == "private" and call.user not in found["members"]):
        raise failed("channel_not_found")
    require(call, verb, found["visibility"])
    return found


def limit(workspace: Workspace, who: str, method: str, most: int, seconds: int) -> None:
    """Refuse the call after *most* in the last *seconds*, and count it otherwise."""
    key, now = f"{who} {method}", workspace.seconds()
    known = workspace.store.find("calls", key) or {"at": []}
    recent = [at for at in known["at"] if now - seconds < at <= now]
    if len(recent) >= most:
        raise rate_limited(max(1, recent[0] + seconds - now))
    workspace.store.put("calls", {"id": key, "at": [*recent, now]})
