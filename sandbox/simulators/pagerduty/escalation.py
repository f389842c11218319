"""
How an incident escalates: a pure function of its policy, its history and the time.

No timers: whoever asks gets first what became due since the last time somebody asked. What once
became due is history, so that a later change of a schedule does not change who was paged.
"""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict

from sandbox.simulators.pagerduty.answers import Json
from sandbox.simulators.pagerduty.bodies import EscalationRule, Target

Status = Literal["triggered", "acknowledged", "resolved"]
EntryType = Literal[
    "trigger",
    "assign",
    "notify",
    "escalate",
    "repeat_escalation_path",
    "exhaust_escalation_path",
    "acknowledge",
    "unacknowledge",
    "resolve",
]
OnCall = Callable[[tuple[Target, ...], datetime], tuple[str, ...]]

_STATUS: dict[EntryType, Status] = {
    "trigger": "triggered",
    "unacknowledge": "triggered",
    "acknowledge": "acknowledged",
    "resolve": "resolved",
}


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Entry(_Record):
    """One line of an incident's log; *level* and *loop* count from 1."""

    type: EntryType
    at: AwareDatetime
    level: int = 0
    loop: int = 0
    users: tuple[str, ...] = ()  # assigned or notified
    by: str | None = None  # the user who did it; None: an integration or the service itself
    channel: Literal["api", "auto", "timeout", "website"] = "auto"
    timeout_seconds: int | None = None  # of an acknowledgement: the service's setting at the time
    note: str | None = None
    details: Json | None = None  # of a trigger: what monitoring knew
    contexts: tuple[Json, ...] = ()  # of a trigger: links and images for whoever is paged


class Incident(_Record):
    """
    An incident with the rules it follows: those of the moment it was triggered.

    Editing a policy changes only later incidents, as PagerDuty's support pages say.
    """

    id: str
    number: int
    title: str
    dedup_key: str
    service: str
    integration: str
    policy: str
    rules: tuple[EscalationRule, ...]
    num_loops: int
    urgency: Literal["high", "low"]
    auto_resolve_seconds: int | None
    log: tuple[Entry, ...] = ()

    @property
    def triggered_at(self) -> datetime:
        return self.log[0].at

    @property
    def status(self) -> Status:
        return next(
            _STATUS[entry.type]
            for entry in reversed(self.log)
            # A repeated trigger is appended; it changes nothing.
            if entry.type in _STATUS and (entry.type != "trigger" or entry is self.log[0])
        )

    @property
    def place(self) -> Entry:
        """The last entry that gave the incident to somebody."""
        return next(e for e in reversed(self.log) if e.level and e.type != "notify")

    def plus(self, *entries: Entry) -> "Incident":
        return self.model_copy(update={"log": self.log + entries})


def opened(incident: Incident, trigger: Entry, on_call: OnCall) -> Incident | None:
    """
    Give a new incident to the first level that has somebody on call.

    None when no level has: PagerDuty then takes the event and opens no incident.
    """
    for level, rule in enumerate(incident.rules, start=1):
        if users := on_call(rule.targets, trigger.at):
            assign = Entry(type="assign", at=trigger.at, level=level, loop=1, users=users)
            return incident.plus(trigger, *_handed(assign))
    return None


def lived(incident: Incident, now: datetime, on_call: OnCall) -> Incident:
    """Add all that became due up to *now* and nobody prevented."""
    while due := [entries for entries in pending(incident, on_call) if entries[0].at <= now]:
        incident = incident.plus(*min(due, key=lambda entries: entries[0].at))
    return incident


def pending(incident: Incident, on_call: OnCall) -> list[list[Entry]]:
    """Tell what happens next if nobody does anything: a list of entries per possibility."""
    if incident.status == "resolved":
        return []
    steps = [_auto_resolve(incident)]
    if incident.status == "acknowledged":
        steps.append(_unacknowledge(incident, on_call))
    elif incident.urgency == "high":  # low urgency notifies its first level and stays there
        steps.append(_escalate(incident, on_call))
    return [entries for entries in steps if entries]


def _auto_resolve(incident: Incident) -> list[Entry]:
    if incident.auto_resolve_seconds is None:
        return []
    at = incident.triggered_at + timedelta(seconds=incident.auto_resolve_seconds)
    return [Entry(type="resolve", at=at, channel="timeout")]


def _unacknowledge(incident: Incident, on_call: OnCall) -> list[Entry]:
    """
    Return to the level that acknowledged, and resume from there with its full delay.

    Notified again are who acknowledged and who is on call there by now.
    """
    last = next(e for e in reversed(incident.log) if e.type == "acknowledge")
    if last.timeout_seconds is None:
        return []
    at = last.at + timedelta(seconds=last.timeout_seconds)
    place = incident.place
    rule = incident.rules[place.level - 1]
    again = dict.fromkeys([*filter(None, [last.by]), *on_call(rule.targets, at)])
    return _handed(
        place.model_copy(
            update={
                "type": "unacknowledge",
                "at": at,
                "channel": "timeout",
                "users": tuple(again) or place.users,
            }
        )
    )


def _escalate(incident: Incident, on_call: OnCall) -> list[Entry]:
    if any(entry.type == "exhaust_escalation_path" for entry in incident.log):
        return []
    place = incident.place
    minutes = incident.rules[place.level - 1].escalation_delay_in_minutes
    at = place.at + timedelta(minutes=minutes)
    for level, loop in _ahead(incident, place):
        if users := on_call(incident.rules[level - 1].targets, at):
            repeats = [Entry(type="repeat_escalation_path", at=at)] if loop > place.loop else []
            to = Entry(
                type="escalate", at=at, level=level, loop=loop, users=users, channel="timeout"
            )
            return repeats + _handed(to)
    # Nobody is left to notify: the incident stays triggered, with whom it is.
    return [Entry(type="exhaust_escalation_path", at=at)]


def _ahead(incident: Incident, place: Entry) -> Iterator[tuple[int, int]]:
    """Levels still to come, by level and loop: the policy runs once and *num_loops* times more."""
    levels = range(1, len(incident.rules) + 1)
    yield from ((level, place.loop) for level in levels if level > place.level)
    for loop in range(place.loop + 1, incident.num_loops + 2):
        yield from ((level, loop) for level in levels)


def _handed(entry: Entry) -> list[Entry]:
    """Notify each of the users that *entry* gives the incident to."""
    notified = {"type": "notify", "channel": "auto"}
    return [entry, *(entry.model_copy(update=notified | {"users": (u,)}) for u in entry.users)]
