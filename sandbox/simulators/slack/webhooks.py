"""The webhooks of a workspace: each is a secret path, bound to one channel."""

import hmac
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from sandbox.simulators.slack.answers import Refusal

PREFIX = "/services/"
_SHAPE = re.compile(
    r"(?P<channel>[a-z0-9_-]{1,80})"
    rf"\s+{PREFIX}(?P<team>T[A-Z0-9]+)/(?P<service>B[A-Z0-9]+)/(?P<secret>[A-Za-z0-9]+)"
)


@dataclass(frozen=True, kw_only=True)
class Webhook:
    """One webhook: its team (a workspace), its service (an app), its secret and its channel."""

    channel: str
    team: str
    service: str
    secret: str


class Webhooks:
    """The webhooks of a workspace."""

    def __init__(self, webhooks: Sequence[Webhook]) -> None:
        self._by_place: Mapping[tuple[str, str], Webhook] = {
            (webhook.team, webhook.service): webhook for webhook in webhooks
        }

    def channel(self, path: str) -> str:
        """Return the channel of the webhook at *path*, the part after `/services/`."""
        team, _, rest = path.partition("/")
        service, _, secret = rest.partition("/")
        if team not in {known for known, _ in self._by_place}:
            raise Refusal(404, "no_team")
        webhook = self._by_place.get((team, service))
        if webhook is None:
            raise Refusal(404, "no_service")
        if not hmac.compare_digest(webhook.secret.encode(), secret.encode()):
            raise Refusal(403, "invalid_token")
        return webhook.channel


def load(path: Path) -> Webhooks:
    """
    Read a file of lines `channel path`, or exit with a message that names every problem.

    No message quotes a line, because the path is a secret.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not text in UTF-8"
        raise SystemExit(f"{path}: {reason}") from None
    found = {number: _SHAPE.fullmatch(line) for number, line in enumerate(lines, 1) if line.strip()}
    wrong = [
        f"line {number}: write a channel and a path, `channel {PREFIX}T…/B…/…`"
        for number, match in found.items()
        if match is None
    ]
    webhooks = [Webhook(**match.groupdict()) for match in found.values() if match]
    for what, values in {
        "channel": [webhook.channel for webhook in webhooks],
        "service": [webhook.service for webhook in webhooks],
    }.items():
        twice = [value for value, times in Counter(values).items() if times > 1]
        wrong += [f"{what} {value} is there more than once: keep one line of it" for value in twice]
    if not found:
        wrong.append(f"it holds no webhook: write `channel {PREFIX}T…/B…/…`, one per line")
    if wrong:
        raise SystemExit("\n  ".join([f"{path} is not valid:", *wrong]))
    return Webhooks(webhooks)
