"""Where a test alert arrived: its incidents in PagerDuty and its messages in Slack."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from clients.pagerduty import PagerDuty
from clients.slack import Slack
from waqiti.verify.path.alerts import MarkedAlert

_PAGE = 100


@dataclass(frozen=True)
class Incident:
    """An incident of a test alert; *at* is when it was opened."""

    id: str
    at: datetime
    status: str
    urgency: str


@dataclass(frozen=True)
class Message:
    """A message of a test alert; *at* is a Unix time."""

    channel: str
    at: float
    text: str
    is_end: bool


@dataclass(frozen=True)
class Arrivals:
    """What arrived of one test alert; no incidents at all where the stack pages nobody."""

    incidents: Sequence[Incident] | None = ()
    messages: Sequence[Message] = field(default=())

    def of(self, channel: str, *, end: bool) -> Sequence[Message]:
        """Return the messages in *channel* that report the beginning, or the end."""
        return [one for one in self.messages if one.channel == channel and one.is_end == end]


@dataclass(frozen=True)
class Service:
    """A stack's service in PagerDuty."""

    account: PagerDuty
    id: str


@dataclass(frozen=True)
class Places:
    """
    The places where test alerts arrive.

    Args:
        service: The service in PagerDuty, or None if the stack pages nobody.
        slack: Slack, or None if the stack sends nothing there.
        channels: The channels' ids in Slack, by the value of the label `slack_channel`.
        since: When the verification began.
    """

    service: Service | None
    slack: Slack | None
    channels: Mapping[str, str]
    since: datetime

    def look(self, alerts: Sequence[MarkedAlert]) -> Mapping[str, Arrivals]:
        """
        Return what arrived of each alert, by its id.

        Raises:
            NoAnswerError: PagerDuty or Slack does not answer, or refuses.
        """
        incidents = None if self.service is None else list(_incidents(self.service, self.since))
        messages = list(self._messages())
        return {
            alert.id: Arrivals(
                _of(alert, incidents),
                [one for one in messages if alert.mark in one.text],
            )
            for alert in alerts
        }

    def _messages(self) -> Iterator[Message]:
        if self.slack is None:
            return
        for name, channel in self.channels.items():
            for message in self.slack.messages(channel, self.since.timestamp()):
                for part in message.get("attachments") or ():
                    title, text = part.get("title") or "", part.get("text") or ""
                    yield Message(name, float(message["ts"]), text, "[RESOLVED]" in title)


def _of(
    alert: MarkedAlert, incidents: Sequence[tuple[str, Incident]] | None
) -> Sequence[Incident] | None:
    if incidents is None:
        return None
    return [one for text, one in incidents if alert.mark in text]


def _incidents(service: Service, since: datetime) -> Iterator[tuple[str, Incident]]:
    offset = 0
    while True:
        query = {
            "service_ids[]": service.id,
            "since": since.isoformat(),
            "limit": str(_PAGE),
            "offset": str(offset),
        }
        page = service.account.get("incidents", **query) or {"incidents": []}
        for one in page["incidents"]:
            opened = datetime.fromisoformat(one["created_at"])
            yield one["title"], Incident(one["id"], opened, one["status"], one["urgency"])
        if not page.get("more"):
            return
        offset += _PAGE
