"""The methods of the Web API: who implements each, and how often it may be called."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

from sandbox.simulators.slack import apps, chat, conversations
from sandbox.simulators.slack.answers import Json
from sandbox.simulators.slack.calls import Call
from sandbox.simulators.slack.workspace import Workspace


@dataclass(frozen=True, kw_only=True)
class Method:
    """
    One method.

    Args:
        run: Changes the workspace; returns the answer without `ok`.
        per_minute: The calls of one app in a minute: the tier that Slack documents.
        takes_json: Whether the arguments may be JSON; otherwise JSON is ignored.
        configures: Whether it needs the token with which people configure apps.
    """

    run: Callable[[Workspace, Call], Json]
    per_minute: int
    takes_json: bool = True
    configures: bool = False


_TIER_2 = partial(Method, per_minute=20)
_TIER_3 = partial(Method, per_minute=50)
_TIER_4 = partial(Method, per_minute=100)
_SPECIAL = partial(Method, per_minute=600)  # "hundreds", or a limit of its own

METHODS: Mapping[str, Method] = {
    "auth.test": _SPECIAL(run=apps.test),
    "auth.revoke": _TIER_3(run=apps.revoke, takes_json=False),
    "apps.manifest.validate": _TIER_3(run=apps.validate, configures=True),
    "conversations.create": _TIER_2(run=conversations.create),
    "conversations.list": _TIER_2(run=conversations.listing, takes_json=False),
    "conversations.info": _TIER_3(run=conversations.info, takes_json=False),
    "conversations.history": _TIER_3(run=conversations.history),
    "conversations.members": _TIER_4(run=conversations.members, takes_json=False),
    "conversations.archive": _TIER_2(run=conversations.archive),
    "conversations.unarchive": _TIER_2(run=conversations.unarchive),
    "conversations.rename": _TIER_2(run=conversations.rename),
    "conversations.setTopic": _TIER_2(run=conversations.set_topic),
    "conversations.setPurpose": _TIER_2(run=conversations.set_purpose),
    "conversations.join": _TIER_3(run=conversations.join),
    "conversations.invite": _TIER_3(run=conversations.invite),
    "chat.postMessage": _SPECIAL(run=chat.post_message),
    "chat.update": _TIER_3(run=chat.update),
}
