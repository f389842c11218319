"""The webhooks of a workspace: each is a secret path, bound to one channel."""

import hmac
import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sandbox.simulators.slack.answers import Json, refused
from sandbox.simulators.slack.private_file import digest, read_lines, require_none

if TYPE_CHECKING:
    from sandbox.simulators.slack.workspace import Workspace

PREFIX = "/services/"
_SHAPE = re.compile(
    r"(?P<channel>[a-z0-9_-]{1,80})\s+(?P<visibility>public|private)"
    rf"\s+{PREFIX}(?P<team>T[A-Z0-9]+)/(?P<service>B[A-Z0-9]+)/(?P<secret>[A-Za-z0-9]+)"
)


@dataclass(frozen=True, kw_only=True)
class Webhook:
    """One webhook: its channel, its team (a workspace), its service (an app) and its secret."""

    channel: str
    visibility: str
    team: str
    service: str
    secret: str

    @property
    def id(self) -> str:
        """What the path says before the secret."""
        return f"{self.team}/{self.service}"

    @property
    def digest(self) -> str:
        """The hash of the secret, which is in no state."""
        return digest(self.secret)


def channel_of(workspace: "Workspace", path: str) -> Json:
    """Return the channel of the webhook at *path*, the part after `/services/`, or refuse."""
    team, _, rest = path.partition("/")
    service, _, secret = rest.partition("/")
    if team not in {known["team"] for known in workspace.store.every("webhook")}:
        raise refused(404, "no_team")
    webhook = workspace.store.find("webhook", f"{team}/{service}")
    if webhook is None or webhook["revoked"]:
        raise refused(404, "no_service")
    if not hmac.compare_digest(webhook["secret"], digest(secret)):
        raise refused(403, "invalid_token")
    channel = workspace.store.find("channel", webhook["channel"]) or {}
    if channel["archived"]:
        raise refused(410, "channel_is_archived")
    return channel


def load(path: Path) -> list[Webhook]:
    """
    Read a file of lines `channel visibility path`, or exit with a message of every problem.

    No message quotes a line, because the path is a secret.
    """
    form = f"`channel public {PREFIX}T…/B…/…`, or private"
    found = {number: _SHAPE.fullmatch(line) for number, line in read_lines(path).items()}
    wrong = [f"line {number}: write {form}" for number, match in found.items() if match is None]
    webhooks = [Webhook(**match.groupdict()) for match in found.values() if match]
    for what, values in {
        "channel": [webhook.channel for webhook in webhooks],
        "service": [webhook.service for webhook in webhooks],
    }.items():
        twice = [value for value, times in Counter(values).items() if times > 1]
        wrong += [f"{what} {value} is there more than once: keep one line of it" for value in twice]
    if not found:
        wrong.append(f"it holds no webhook: write {form}, one per line")
    require_none(path, wrong)
    return webhooks
