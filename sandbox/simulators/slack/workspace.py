"""One workspace: its users, channels, messages, webhooks and tokens."""

import secrets
import string
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from typing import Any

from sandbox.simulators.simulation import Simulation
from sandbox.simulators.slack.answers import Json
from sandbox.simulators.slack.tokens import Token
from sandbox.simulators.slack.webhooks import Webhook
from sandbox.simulators.store import Store

_ALPHABET = string.ascii_uppercase + string.digits
_TEAM = {"id": "TSANDBOX", "name": "Sandbox", "domain": "sandbox"}
# The person who made the webhooks and their channels, as an operator does before the first `up`.
ADMINISTRATOR = "UADMIN"
_USERS = ({"id": ADMINISTRATOR, "name": "administrator"}, {"id": "UMEMBER", "name": "member"})


class Workspace(Simulation):
    """
    The state of the workspace.

    What was revoked, renamed or archived stays so: a start adds only what the files have in
    addition, and sets the scopes of each token.

    Args:
        store: The store of the state.
        url: The address of the simulator.
        tokens: The tokens that administrators made.
        webhooks: The webhooks that people made, with their channels.
    """

    def __init__(
        self, store: Store, url: str, tokens: Iterable[Token], webhooks: Iterable[Webhook]
    ) -> None:
        self.url = url
        self._tokens, self._webhooks = list(tokens), list(webhooks)
        super().__init__(store, lambda _: self._install())
        with store.transaction():
            self._install()

    def _install(self) -> None:
        for user in _USERS:
            self.store.put("user", {**user, "is_bot": False})
        bots = [token.user for token in self._tokens if token.kind == "bot"]
        for bot in bots:
            self.store.put("user", {"id": bot, "name": bot.lower(), "is_bot": True})
        for token in self._tokens:
            known = self.store.find("token", token.id) or {}
            self.store.put("token", {"revoked": False} | known | asdict(token))
        for webhook in self._webhooks:
            if self.store.find("webhook", webhook.id) is None:
                channel = self.named(webhook.channel) or self.new_channel(
                    webhook.channel, webhook.visibility, ADMINISTRATOR, bots
                )
                made = {"id": webhook.id, "team": webhook.team, "secret": webhook.digest}
                self.store.put("webhook", made | {"channel": channel["id"], "revoked": False})

    @contextmanager
    def request(self) -> Iterator[None]:
        """Apply all changes of the request, or none."""
        with self.store.transaction():
            yield

    @property
    def team(self) -> Json:
        """The workspace itself."""
        return dict(_TEAM)

    def named(self, name: str) -> Json | None:
        """Return the channel of a name; an archived and a private one keep theirs."""
        return next((c for c in self.store.every("channel") if c["name"] == name), None)

    def new_channel(
        self, name: str, visibility: str, creator: str, members: Iterable[str] = ()
    ) -> Json:
        """Create a channel with its creator in it."""
        channel = {
            "id": "C" + "".join(secrets.choice(_ALPHABET) for _ in range(10)),
            "name": name,
            "visibility": visibility,
            "creator": creator,
            "created": self.seconds(),
            "members": list(dict.fromkeys([creator, *members])),
            "archived": False,
            "topic": {"value": "", "creator": "", "last_set": 0},
            "purpose": {"value": "", "creator": "", "last_set": 0},
            "previous_names": [],
        }
        self.store.put("channel", channel)
        return channel

    def seconds(self) -> int:
        """Return the time of the clock since 1970."""
        return int(self.now().timestamp())

    def post(self, channel: str, payload: Json, **author: Any) -> Json:  # noqa: ANN401 - JSON
        """Add a message to a channel; its time stamp is its id there."""
        number = len(self.store.every("message")) + 1
        message = {
            "id": f"{self.seconds()}.{number:06}",
            "channel": channel,
            "at": self.now().isoformat(),
            "payload": payload,
            **author,
        }
        self.store.put("message", message)
        return message

    def revoke_webhook(self, service: str) -> bool:
        """Delete a webhook, as a person does on the page of the app; report whether it exists."""
        found = next(
            (w for w in self.store.every("webhook") if w["id"].endswith(f"/{service}")), None
        )
        if found is not None:
            self.store.put("webhook", {**found, "revoked": True})
        return found is not None
