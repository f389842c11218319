"""REST routes of maintenance windows, in which a service opens no incident."""

from collections.abc import Callable, Mapping
from datetime import datetime

from starlette.responses import JSONResponse, Response

from sandbox.simulators.pagerduty.account import Account, new_id, stamp
from sandbox.simulators.pagerduty.answers import Json, Refusal, invalid_input
from sandbox.simulators.pagerduty.bodies import MaintenanceWindow, validated
from sandbox.simulators.pagerduty.calls import Call, page
from sandbox.simulators.pagerduty.incidents import requester
from sandbox.simulators.pagerduty.rendering import reference

_KIND = "maintenance_window"
_FILTERS: Mapping[str, Callable[[datetime, datetime, datetime], bool]] = {
    "past": lambda _, end, now: end <= now,
    "future": lambda start, _, now: now < start,
    "ongoing": lambda start, end, now: start <= now < end,
    "open": lambda _, end, now: now < end,
    "all": lambda *_: True,
}


def listing(account: Account, call: Call) -> Response:
    chosen = call.query.get("filter", "all")
    if chosen not in _FILTERS:
        raise invalid_input("Filter is not valid")
    services, now = set(call.listed("service_ids")), account.now()
    found = [
        stored
        for stored in account.store.every(_KIND)
        if _FILTERS[chosen](*_times(stored), now)
        and (not services or services & {each["id"] for each in stored["services"]})
    ]
    return page(call, "maintenance_windows", found, lambda stored: _rendered(account, stored))


def create(account: Account, call: Call) -> Response:
    by = requester(account, call)
    stored = _checked(account, call.body(_KIND), {"id": new_id(), "created_by": by})
    return JSONResponse({_KIND: _rendered(account, stored)}, 201)


def show(account: Account, call: Call) -> Response:
    return JSONResponse({_KIND: _rendered(account, account.need(_KIND, call.ids["id"]))})


def change(account: Account, call: Call) -> Response:
    before = account.need(_KIND, call.ids["id"])
    return JSONResponse({_KIND: _rendered(account, _checked(account, call.body(_KIND), before))})


def delete(account: Account, call: Call) -> Response:
    """Delete a future window, or end the current one; a past one stays."""
    stored, now = account.need(_KIND, call.ids["id"]), account.now()
    start, end = _times(stored)
    if end <= now:
        error = {"message": "The maintenance window has already ended", "code": 2001}
        raise Refusal(405, {"error": error})
    if start <= now:
        account.store.put(_KIND, stored | {"end_time": stamp(now)})
    else:
        account.store.delete(_KIND, stored["id"])
    return Response(status_code=204)


def _checked(account: Account, given: Json, before: Json) -> Json:
    body = validated(MaintenanceWindow, before | given)
    account.check("service", *body.services)
    stored: Json = before | body.model_dump(mode="json")
    stored |= {"start_time": stamp(body.start_time), "end_time": stamp(body.end_time)}
    account.store.put(_KIND, stored)
    return stored


def _times(stored: Json) -> tuple[datetime, datetime]:
    return datetime.fromisoformat(stored["start_time"]), datetime.fromisoformat(stored["end_time"])


def _rendered(account: Account, stored: Json) -> Json:
    url = f"{account.url}/maintenance_windows/{stored['id']}"
    return stored | {
        "type": _KIND,
        "summary": stored["description"],
        "self": url,
        "html_url": None,
        "created_by": reference(account, "user", stored["created_by"]),
        "services": [reference(account, "service", each["id"]) for each in stored["services"]],
        "teams": [],
    }
