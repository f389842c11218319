"""REST routes of incidents: list, show, acknowledge, resolve, and their log."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from starlette.responses import JSONResponse, Response

from sandbox.simulators.pagerduty.account import Account, stamp
from sandbox.simulators.pagerduty.answers import (
    Json,
    invalid_input,
    not_found,
    not_imitated,
    requester_missing,
    requester_unknown,
    too_large,
)
from sandbox.simulators.pagerduty.bodies import IncidentUpdate, validated
from sandbox.simulators.pagerduty.calls import Call, page
from sandbox.simulators.pagerduty.escalation import Incident
from sandbox.simulators.pagerduty.incident_rendering import (
    assignees,
    log_entry,
    rendered,
    teams,
)
from sandbox.simulators.pagerduty.rendering import reference

_MOST_AT_A_TIME = 250
_REOPENED = ("acknowledged", "resolved")  # requested status, current status
_DEFAULT_RANGE = timedelta(days=30)  # PagerDuty documents "1 month"
_SORTED_BY: dict[str, Callable[[Incident], Any]] = {
    "incident_number": lambda incident: incident.number,
    "created_at": lambda incident: incident.triggered_at,
    "urgency": lambda incident: incident.urgency,
}


def listing(account: Account, call: Call) -> Response:
    filters: dict[str, Callable[[Incident], set[str]]] = {
        "statuses": lambda incident: {incident.status},
        "urgencies": lambda incident: {incident.urgency},
        "service_ids": lambda incident: {incident.service},
        "user_ids": lambda incident: set(assignees(incident)),
        "team_ids": lambda incident: {team["id"] for team in teams(account, incident)},
    }
    wanted = {name: set(call.listed(name)) for name in filters}
    since, until = _range(account, call)
    key = call.query.get("incident_key")
    found = [
        incident
        for incident in account.incidents()
        if all(not want or want & filters[name](incident) for name, want in wanted.items())
        and since <= incident.triggered_at <= until
        and key in (None, incident.dedup_key)
    ]
    field, _, direction = call.query.get("sort_by", "created_at:asc").partition(":")
    if field not in _SORTED_BY:
        raise invalid_input("Sort by is not valid")
    found.sort(key=_SORTED_BY[field], reverse=direction == "desc")
    return page(call, "incidents", found, lambda incident: rendered(account, incident))


def show(account: Account, call: Call) -> Response:
    return JSONResponse({"incident": rendered(account, _need(account, call.ids["id"]))})


def change(account: Account, call: Call) -> Response:
    by = requester(account, call)
    update = validated(IncidentUpdate, call.body("incident"))
    return JSONResponse({"incident": _changed(account, call.ids["id"], update, by)})


def change_many(account: Account, call: Call) -> Response:
    by = requester(account, call)
    document = call.document()
    given = document.get("incidents") if isinstance(document, dict) else None
    if not isinstance(given, list):
        raise invalid_input("incidents is missing")
    if len(given) > _MOST_AT_A_TIME:
        raise too_large()
    updates = [validated(IncidentUpdate, each) for each in given]
    if any(update.id is None for update in updates):
        raise invalid_input("Id can't be blank")
    changed = [_changed(account, update.id or "", update, by) for update in updates]
    return JSONResponse({"incidents": changed})


def log_entries(account: Account, call: Call) -> Response:
    """List the log, newest first as in PagerDuty; an overview omits notifications."""
    incident = _need(account, call.ids["id"])
    overview = call.query.get("is_overview") == "true"
    numbered = [
        (place, entry)
        for place, entry in enumerate(incident.log)
        if not (overview and entry.type == "notify")
    ]
    return page(
        call,
        "log_entries",
        numbered[::-1],
        lambda each: log_entry(account, incident, *each),
    )


def pages(account: Account) -> list[Json]:
    """List who was notified of what, in order. PagerDuty has no such route."""
    found = [
        {
            "at": stamp(entry.at),
            "minute": int((entry.at - incident.triggered_at) / timedelta(minutes=1)),
            "level": entry.level,
            "loop": entry.loop,
            "user": {"id": user, "name": reference(account, "user", user)["summary"]},
            "incident": incident.id,
            "title": incident.title,
            "dedup_key": incident.dedup_key,
            "urgency": incident.urgency,
            "service": {
                "id": incident.service,
                "name": reference(account, "service", incident.service)["summary"],
            },
        }
        for incident in account.incidents()
        for entry in incident.log
        if entry.type == "notify"
        for user in entry.users
    ]
    return sorted(found, key=lambda each: str(each["at"]))


def _need(account: Account, given: str) -> Incident:
    """Find an incident by id or number."""
    for incident in account.incidents():
        if given in (incident.id, str(incident.number)):
            return incident
    raise not_found()


def requester(account: Account, call: Call) -> str:
    """Return the user of the From header: the account's tokens belong to no user."""
    email = call.headers.get("from")
    if not email:
        raise requester_missing()
    for user in account.store.every("user"):
        if user["email"] == email.lower():
            return str(user["id"])
    raise requester_unknown()


def _changed(account: Account, given: str, update: IncidentUpdate, by: str) -> Json:
    incident = _need(account, given)
    if beyond := update.beyond_status():
        raise not_imitated(f"changing an incident's {', '.join(beyond)}")
    if update.status is None:
        raise invalid_input("Status can't be blank")
    if update.status == "triggered" or (update.status, incident.status) == _REOPENED:
        raise not_imitated("unacknowledging or reopening an incident")
    if incident.status == "resolved":
        raise invalid_input("Incident Already Resolved")
    if update.status == "resolved":
        account.resolve(incident, by, update.resolution)
    else:
        account.acknowledge(incident, by)
    return rendered(account, _need(account, given))


def _range(account: Account, call: Call) -> tuple[datetime, datetime]:
    if call.query.get("date_range") == "all":
        return datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)
    now = account.now()
    return _moment(call, "since", now - _DEFAULT_RANGE), _moment(call, "until", now)


def _moment(call: Call, name: str, default: datetime) -> datetime:
    try:
        moment = datetime.fromisoformat(call.query.get(name, default.isoformat()))
    except ValueError:
        raise invalid_input(f"{name.capitalize()} is not a time") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
