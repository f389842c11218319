"""The scopes of Slack that the simulated methods know, for each kind of token."""

from collections.abc import Mapping

_KINDS = {"public": "channels", "private": "groups"}

CONFIGURATION = frozenset({"app_configurations:write"})

# The scope of each verb on a public and on a private channel. A bot writes public channels with
# channels:manage, a user with channels:write.
_READ = {kind: f"{name}:read" for kind, name in _KINDS.items()}
_HISTORY = {kind: f"{name}:history" for kind, name in _KINDS.items()}
_TOPIC = {kind: f"{name}:write.topic" for kind, name in _KINDS.items()}
_INVITES = {kind: f"{name}:write.invites" for kind, name in _KINDS.items()}
_BOT_WRITE = {"public": "channels:manage", "private": "groups:write"}
_USER_WRITE = {"public": "channels:write", "private": "groups:write"}

BOT = frozenset(
    [
        *(
            scope
            for verb in (_READ, _HISTORY, _TOPIC, _INVITES, _BOT_WRITE)
            for scope in verb.values()
        ),
        *("channels:join", "chat:write", "chat:write.public", "incoming-webhook"),
    ]
)
USER = frozenset(
    [
        *(
            scope
            for verb in (_READ, _HISTORY, _TOPIC, _INVITES, _USER_WRITE)
            for scope in verb.values()
        ),
        "chat:write",
    ]
)


def accepted(verb: str, visibility: str, kind: str) -> tuple[str, ...]:
    """
    Return the scopes of which one suffices; the first is what Slack calls needed.

    Args:
        verb: read, history, write, topic, invite or join.
        visibility: public or private.
        kind: The kind of the token.
    """
    write = (_BOT_WRITE if kind == "bot" else _USER_WRITE)[visibility]
    by_verb: Mapping[str, tuple[str, ...]] = {
        "read": (_READ[visibility],),
        "history": (_HISTORY[visibility],),
        "write": (write,),
        "topic": (_TOPIC[visibility], write),
        "invite": (_INVITES[visibility], write),
        "join": ("channels:join",) if kind == "bot" else (write,),
        "post": ("chat:write",),
    }
    return by_verb[verb]
