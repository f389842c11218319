"""Events API v2: events that trigger, acknowledge and resolve incidents."""

import json
import secrets
from datetime import datetime
from typing import Any, Literal
from zoneinfo import ZoneInfo

from pydantic import Field, ValidationError
from starlette.responses import JSONResponse, Response

from sandbox.simulators.pagerduty.account import Account, new_id, stamp
from sandbox.simulators.pagerduty.answers import Json, invalid_event, unrecognized_event
from sandbox.simulators.pagerduty.bodies import Body, EscalationPolicy, Service
from sandbox.simulators.pagerduty.calls import Call
from sandbox.simulators.pagerduty.escalation import Entry, Incident, opened
from sandbox.simulators.pagerduty.integrations import EVENTS_V2
from sandbox.simulators.pagerduty.rendering import is_disabled

_KEY_LENGTH = 32
_CHOICES = {
    "severity": "must be one of the following: 'critical', 'warning', 'error' or 'info'",
    "event_action": "must be one of the following: 'trigger', 'acknowledge' or 'resolve'",
}


class Payload(Body):
    summary: str = Field(min_length=1)
    source: str = Field(min_length=1)
    severity: Literal["critical", "error", "warning", "info"]
    custom_details: Json | None = None


class Event(Body):
    routing_key: str = Field(min_length=1)
    event_action: Literal["trigger", "acknowledge", "resolve"]
    dedup_key: str | None = Field(default=None, max_length=255)
    payload: Payload | None = None
    links: tuple[Json, ...] | None = None
    images: tuple[Json, ...] | None = None


def enqueue(account: Account, call: Call) -> Response:
    """Process one event; the answer does not report whether it changed anything."""
    event = _read(call.raw)
    integration = _integration(account, event.routing_key)
    key = event.dedup_key or secrets.token_hex(16)
    if event.event_action == "trigger":
        if event.payload is None:
            raise invalid_event("'payload' is missing or blank")
        _trigger(account, integration, key, event, event.payload)
    elif not event.dedup_key:
        raise invalid_event("'dedup_key' is missing or blank")
    elif incident := _open_incident(account, integration, key):
        end = account.resolve if event.event_action == "resolve" else account.acknowledge
        end(incident)
    answer = {"status": "success", "message": "Event processed", "dedup_key": key}
    return JSONResponse(answer, 202)


def _read(raw: bytes) -> Event:
    try:
        document = json.loads(raw)
    except ValueError:
        raise unrecognized_event() from None
    if not isinstance(document, dict):
        raise unrecognized_event()
    try:
        event = Event.model_validate(document)
    except ValidationError as error:
        raise invalid_event(*map(_sentence, error.errors())) from None
    wrong = []
    if len(event.routing_key) != _KEY_LENGTH:
        wrong.append(f"Length of 'routing_key' is incorrect (should be {_KEY_LENGTH} characters)")
    if not event.routing_key.isalnum():
        wrong.append("'routing_key' cannot contain non-alphanumeric characters.")
    if wrong:
        raise invalid_event(*wrong)
    return event


def _sentence(problem: Any) -> str:  # noqa: ANN401 - pydantic's own dict of details
    field = ".".join(map(str, problem["loc"]))
    blank = problem["type"] in ("missing", "string_too_short") or problem["input"] in (None, "")
    if blank:
        return f"'{field}' is missing or blank"
    reason = _CHOICES.get(field.split(".")[-1], problem["msg"])
    return f"'{field}' is invalid ({reason})"


def _integration(account: Account, routing_key: str) -> str:
    for stored in account.store.every("integration"):
        if (stored["type"], stored["integration_key"]) == (EVENTS_V2, routing_key):
            return str(stored["id"])
    raise invalid_event("Invalid routing key")


def _open_incident(account: Account, integration: str, key: str) -> Incident | None:
    """Find the open incident of a key; each integration has its own keys, even on one service."""
    wanted = (integration, key)
    return next(
        (i for i in account.open_incidents() if (i.integration, i.dedup_key) == wanted), None
    )


def _trigger(account: Account, integration: str, key: str, event: Event, payload: Payload) -> None:
    now = account.now()
    links = [{"type": "link"} | link for link in event.links or ()]
    images = [{"type": "image"} | image for image in event.images or ()]
    trigger = Entry(
        type="trigger",
        at=now,
        channel="api",
        details=payload.custom_details,
        contexts=(*links, *images),
    )
    if known := _open_incident(account, integration, key):
        account.keep(known.plus(trigger))
        return
    service = account.need("service", account.need("integration", integration)["service"])
    if is_disabled(service) or account.is_in_maintenance(service["id"]):
        return  # PagerDuty accepts the event and opens no incident
    stored_policy = account.need("escalation_policy", service["escalation_policy"]["id"])
    policy = EscalationPolicy.model_validate(stored_policy)
    incident = Incident(
        id=new_id("Q", 14),
        number=account.next_number(),
        title=payload.summary,
        dedup_key=key,
        service=service["id"],
        integration=integration,
        policy=stored_policy["id"],
        rules=policy.escalation_rules,
        num_loops=policy.num_loops,
        urgency=urgency(Service.model_validate(service), payload.severity, now),
        auto_resolve_seconds=service["auto_resolve_timeout"],
    )
    if new := opened(incident, trigger, account.on_call):
        account.keep(new)
        account.store.put("service", service | {"last_incident_timestamp": stamp(now)})


def urgency(service: Service, severity: str, at: datetime) -> Literal["high", "low"]:
    rule = service.incident_urgency_rule
    chosen = rule.urgency
    hours = service.support_hours
    if rule.type == "use_support_hours" and hours:
        local = at.astimezone(ZoneInfo(hours.time_zone))
        within = (
            local.isoweekday() in hours.days_of_week
            and hours.start_time <= local.strftime("%H:%M:%S") < hours.end_time
        )
        part = rule.during_support_hours if within else rule.outside_support_hours
        chosen = part.urgency if part else None
    if chosen == "severity_based":
        return "high" if severity in ("critical", "error") else "low"
    return chosen or "high"
