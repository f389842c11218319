"""Incidents and their log as JSON of answers."""

import hashlib

from sandbox.simulators.pagerduty.account import Account, stamp
from sandbox.simulators.pagerduty.answers import Json
from sandbox.simulators.pagerduty.escalation import Entry, Incident, pending
from sandbox.simulators.pagerduty.rendering import integration_reference, reference, references

_PENDING = {
    "escalate": "escalate",
    "repeat_escalation_path": "escalate",
    "resolve": "resolve",
    "unacknowledge": "unacknowledge",
}
_SUMMARIES = {
    "trigger": "Triggered through the API",
    "assign": "Assigned to",
    "notify": "Notified",
    "escalate": "Escalated to",
    "repeat_escalation_path": "Repeated the escalation path",
    "exhaust_escalation_path": "Exhausted the escalation path",
    "acknowledge": "Acknowledged",
    "unacknowledge": "Unacknowledged; assigned to",
    "resolve": "Resolved",
}


def assignees(incident: Incident) -> tuple[str, ...]:
    return () if incident.status == "resolved" else incident.assignment.users


def teams(account: Account, incident: Incident) -> list[Json]:
    policy = account.store.find("escalation_policy", incident.policy) or {}
    return references(account, "team", policy.get("teams"))


def rendered(account: Account, incident: Incident) -> Json:
    place, status = incident.assignment, incident.status
    changes = [e for e in incident.log if e.type in ("acknowledge", "unacknowledge", "resolve")]
    last = changes[-1] if changes else incident.log[0]
    opened = stamp(incident.triggered_at)
    first = log_entry(account, incident, 0, incident.log[0])
    return _identity(account, incident) | {
        "type": "incident",
        "incident_number": incident.number,
        "title": incident.title,
        "created_at": opened,
        "updated_at": stamp(incident.log[-1].at),
        "status": status,
        "incident_key": incident.dedup_key,
        "service": reference(account, "service", incident.service),
        "escalation_policy": reference(account, "escalation_policy", incident.policy),
        "teams": teams(account, incident),
        "urgency": incident.urgency,
        "assigned_via": "escalation_policy",
        "assignments": [
            {"at": stamp(place.at), "assignee": reference(account, "user", user)}
            for user in assignees(incident)
        ],
        "acknowledgements": [
            {"at": stamp(last.at), "acknowledger": _agent(account, incident, last)}
            for _ in range(status == "acknowledged")
        ],
        "pending_actions": [
            {"type": _PENDING[entries[0].type], "at": stamp(entries[0].at)}
            for entries in pending(incident, account.on_call)
            if entries[0].type in _PENDING
        ],
        "last_status_change_at": stamp(last.at),
        "last_status_change_by": _agent(account, incident, last),
        "resolved_at": stamp(last.at) if status == "resolved" else None,
        "first_trigger_log_entry": {
            key: first[key] for key in ("id", "summary", "self", "html_url")
        }
        | {"type": "trigger_log_entry_reference"},
        "alert_counts": {
            "all": 1,
            "triggered": int(status != "resolved"),
            "resolved": int(status == "resolved"),
        },
        "priority": None,
        "resolve_reason": None,
        "is_mergeable": True,
    }


def _identity(account: Account, incident: Incident) -> Json:
    url = f"{account.url}/incidents/{incident.id}"
    return {
        "id": incident.id,
        "type": "incident_reference",
        "summary": f"[#{incident.number}] {incident.title}",
        "self": url,
        "html_url": url,
    }


def _agent(account: Account, incident: Incident, entry: Entry) -> Json:
    """Return who made an entry: a user, the integration of the event, or the service itself."""
    if entry.by:
        return reference(account, "user", entry.by)
    integration = account.store.find("integration", incident.integration)
    if entry.channel == "api" and integration:
        return integration_reference(account, integration) | {"type": "integration_reference"}
    return reference(account, "service", incident.service)


def log_entry(account: Account, incident: Incident, place: int, entry: Entry) -> Json:
    digest = hashlib.sha256(f"{incident.id}/{place}".encode()).hexdigest().upper()
    own = f"log_entries/R{digest[:25]}"
    users = references(account, "user", [{"id": user} for user in entry.users])
    names = ", ".join(str(user["summary"]) for user in users)
    details: dict[str, Json] = {
        "trigger": {
            "event_details": {"description": incident.title},
            "contexts": list(entry.contexts),
            "channel": {"type": entry.channel, "details": entry.details},
        },
        "assign": {"assignees": users},
        "escalate": {"assignees": users},
        "unacknowledge": {"assignees": users},
        "notify": {"user": users[0] if users else None},
        "acknowledge": {"acknowledgement_timeout": entry.timeout_seconds},
        "resolve": {"note": entry.note},
    }
    return {
        "id": f"R{digest[:25]}",
        "type": f"{entry.type}_log_entry",
        "summary": " ".join(filter(None, [_SUMMARIES[entry.type], names])),
        "self": f"{account.url}/{own}?incident_id={incident.id}",
        "html_url": f"{account.url}/incidents/{incident.id}/{own}",
        "created_at": stamp(entry.at),
        "agent": _agent(account, incident, entry),
        "channel": {"type": entry.channel},
        "incident": _identity(account, incident),
        "service": reference(account, "service", incident.service),
        "teams": teams(account, incident),
    } | details.get(entry.type, {})
