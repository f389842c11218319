"""
The escalation of an incident: a pure function of its policy, its history and the time.

There are no timers: each request first processes what has become due since the last one. The result
is stored, so that a later change of a schedule does not change who was paged.
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
    """One entry of an incident's log; *level* and *loop* count from 1."""

    type: EntryType
    at: AwareDatetime
    level: int = 0
    loop: int = 0
    users: tuple[str, ...] = ()  # assigned or notified
    by: str | None = None  # the user; None: an integration or the service itself
    channel: Literal["api", "auto", "timeout", "website"] = "auto"
    timeout_seconds: int | None = None  # of an acknowledgement: as the service had it
    note: str | None = None
    details: Json | None = None  # of a trigger: details from monitoring
    contexts: tuple[Json, ...] = ()  # of a trigger: links and images for responders


class Incident(_Record):
    """
    An incident, with the escalation rules of the time when it was triggered.

    A change of a policy affects only later incidents, as PagerDuty's support pages document.
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
            # A repeated trigger is appended to the log and does not change the status.
            if entry.type in _STATUS and (entry.type != "trigger" or entry is self.log[0])
        )

    @property
    def assignment(self) -> Entry:
        """The last entry that assigned the incident."""
        return next(e for e in reversed(self.log) if e.level and e.type != "notify")

    def plus(self, *entries: Entry) -> "Incident":
        return self.model_copy(update={"log": self.log + entries})


def opened(incident: Incident, trigger: Entry, on_call: OnCall) -> Incident | None:
    """
    Assign a new incident to the first level that has somebody on call.

    Without such a level, return None: PagerDuty then accepts the event and opens no incident.
    """
    for level, rule in enumerate(incident.rules, start=1):
        if users := on_call(rule.targets, trigger.at):
            assign = Entry(type="assign", at=trigger.at, level=level, loop=1, users=users)
            return incident.plus(trigger, *_with_notifications(assign))
    return None


def advanced(incident: Incident, now: datetime, on_call: OnCall) -> Incident:
    """Return the incident with all entries that became due up to *now*."""
    while due := [entries for entries in pending(incident, on_call) if entries[0].at <= now]:
        incident = incident.plus(*min(due, key=lambda entries: entries[0].at))
    return incident


def pending(incident: Incident, on_call: OnCall) -> list[list[Entry]]:
    """Return what happens next without any action: a list of entries per possibility."""
    if incident.status == "resolved":
        return []
    steps = [_auto_resolve(incident)]
    if incident.status == "acknowledged":
        steps.append(_unacknowledge(incident, on_call))
    elif incident.urgency == "high":  # low urgency never escalates beyond its first level
        steps.append(_escalate(incident, on_call))
    return [entries for entries in steps if entries]


def _auto_resolve(incident: Incident) -> list[Entry]:
    if incident.auto_resolve_seconds is None:
        return []
    at = incident.triggered_at + timedelta(seconds=incident.auto_resolve_seconds)
    return [Entry(type="resolve", at=at, channel="timeout")]


def _unacknowledge(incident: Incident, on_call: OnCall) -> list[Entry]:
    """
    Return to the level that acknowledged, and escalate from there after its full delay.

    The user who acknowledged is notified again, and so are the users on call at that level now.
    """
    last = next(e for e in reversed(incident.log) if e.type == "acknowledge")
    if last.timeout_seconds is None:
        return []
    at = last.at + timedelta(seconds=last.timeout_seconds)
    assignment = incident.assignment
    rule = incident.rules[assignment.level - 1]
    again = dict.fromkeys([*filter(None, [last.by]), *on_call(rule.targets, at)])
    return _with_notifications(
        assignment.model_copy(
            update={
                "type": "unacknowledge",
                "at": at,
                "channel": "timeout",
                "users": tuple(again) or assignment.users,
            }
        )
    )


def _escalate(incident: Incident, on_call: OnCall) -> list[Entry]:
    if any(entry.type == "exhaust_escalation_path" for entry in incident.log):
        return []
    assignment = incident.assignment
    minutes = incident.rules[assignment.level - 1].escalation_delay_in_minutes
    at = assignment.at + timedelta(minutes=minutes)
    for level, loop in _remaining_levels(incident, assignment):
        if users := on_call(incident.rules[level - 1].targets, at):
            repeats = (
                [Entry(type="repeat_escalation_path", at=at)] if loop > assignment.loop else []
            )
            to = Entry(
                type="escalate", at=at, level=level, loop=loop, users=users, channel="timeout"
            )
            return repeats + _with_notifications(to)
    # No level is left: the incident stays triggered and assigned as it is.
    return [Entry(type="exhaust_escalation_path", at=at)]


def _remaining_levels(incident: Incident, assignment: Entry) -> Iterator[tuple[int, int]]:
    """Yield the remaining levels and loops: the policy runs once and *num_loops* times more."""
    levels = range(1, len(incident.rules) + 1)
    yield from ((level, assignment.loop) for level in levels if level > assignment.level)
    for loop in range(assignment.loop + 1, incident.num_loops + 2):
        yield from ((level, loop) for level in levels)


def _with_notifications(entry: Entry) -> list[Entry]:
    """Return *entry*, and a notification of each user whom it assigns."""
    notified = {"type": "notify", "channel": "auto"}
    return [entry, *(entry.model_copy(update=notified | {"users": (u,)}) for u in entry.users)]
