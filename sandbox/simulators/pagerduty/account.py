"""One PagerDuty account: its objects, its clock, and who is on call."""

import secrets
import string
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Literal

from sandbox.simulators.pagerduty.answers import Json, invalid_input, not_found
from sandbox.simulators.pagerduty.bodies import Reference, Schedule, Target
from sandbox.simulators.pagerduty.escalation import Entry, Incident, advanced
from sandbox.simulators.pagerduty.on_call import on_call
from sandbox.simulators.simulation import Simulation
from sandbox.simulators.store import Store

_ALPHABET = string.ascii_uppercase + string.digits
_OPEN = "open_incident"
_CLOSED = "closed_incident"


class Account(Simulation):
    """
    The state of both APIs.

    Args:
        store: The store of the state.
        url: The address of the simulator; links in answers point to it, never to PagerDuty.
        fill: Writes the objects of a new account into the store.
    """

    def __init__(self, store: Store, url: str, fill: Callable[[Store], None]) -> None:
        self.url = url
        super().__init__(store, fill)

    @contextmanager
    def request(self) -> Iterator[None]:
        """
        Process due escalations; then apply all changes of the request, or none.

        The escalations stay even if the request is refused.
        """
        with self.store.transaction():
            self._settle()
        with self.store.transaction():
            yield

    def _settle(self) -> None:
        for incident in self.open_incidents():
            later = advanced(incident, self.now(), self.on_call)
            if later != incident:
                self.keep(later)

    def incidents(self) -> list[Incident]:
        every = [*self.store.every(_OPEN), *self.store.every(_CLOSED)]
        return sorted(map(Incident.model_validate, every), key=lambda incident: incident.number)

    def open_incidents(self) -> list[Incident]:
        return [Incident.model_validate(stored) for stored in self.store.every(_OPEN)]

    def keep(self, incident: Incident) -> None:
        """Store an incident. Closed ones are separate: every request reads all open ones."""
        closed = incident.status == "resolved"
        if closed:
            self.store.delete(_OPEN, incident.id)
        self.store.put(_CLOSED if closed else _OPEN, incident.model_dump(mode="json"))

    def next_number(self) -> int:
        return len(self.store.every(_OPEN)) + len(self.store.every(_CLOSED)) + 1

    def acknowledge(self, incident: Incident, by: str | None = None) -> None:
        """Stop the escalation for the acknowledgement timeout that the service has now."""
        service = self.store.find("service", incident.service) or {}
        entry = Entry(
            type="acknowledge",
            at=self.now(),
            by=by,
            channel="website" if by else "api",
            timeout_seconds=service.get("acknowledgement_timeout"),
        )
        if incident.status == "triggered":
            self.keep(incident.plus(entry))

    def resolve(self, incident: Incident, by: str | None = None, note: str | None = None) -> None:
        channel: Literal["website", "api"] = "website" if by else "api"
        self.keep(
            incident.plus(Entry(type="resolve", at=self.now(), by=by, channel=channel, note=note))
        )

    def on_call(self, targets: tuple[Target, ...], at: datetime) -> tuple[str, ...]:
        """Return the users on call at one level at a moment, without duplicates."""
        found: list[str] = []
        for target in targets:
            if target.type.startswith("user"):
                user = target.id if self.store.find("user", target.id) else None
            else:
                stored = self.store.find("schedule", target.id)
                user = on_call(Schedule.model_validate(stored), at) if stored else None
            if user and user not in found:
                found.append(user)
        return tuple(found)

    def is_in_maintenance(self, service: str) -> bool:
        """Report whether a maintenance window of *service* is open."""
        now = stamp(self.now())
        return any(
            window["start_time"] <= now < window["end_time"]
            and service in {each["id"] for each in window["services"]}
            for window in self.store.every("maintenance_window")
        )

    def need(self, kind: str, object_id: str) -> Json:
        """Return the object of a path, or refuse the request."""
        stored = self.store.find(kind, object_id)
        if stored is None:
            raise not_found()
        return stored

    def check(self, kind: str, *references: Reference | Target) -> None:
        """Refuse a body that refers to a missing object."""
        missing = [r.id for r in references if self.store.find(kind, r.id) is None]
        if missing:
            subject = kind.replace("_", " ").capitalize()
            raise invalid_input(*(f"{subject} {each} could not be found" for each in missing))

    def check_unique(self, kind: str, field: str, value: str, own_id: str, taken: str) -> None:
        others = (o for o in self.store.every(kind) if o["id"] != own_id)
        if any(other[field].lower() == value.lower() for other in others):
            raise invalid_input(taken)


def new_id(first: str = "P", length: int = 7) -> str:
    """Return an id in PagerDuty's format: P… for objects, Q… for incidents, R… for log entries."""
    return first + "".join(secrets.choice(_ALPHABET) for _ in range(length - 1))


def stamp(moment: datetime) -> str:
    """Format the time in UTC, as PagerDuty does."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
