"""Objects as JSON of answers: the stored object, and what PagerDuty adds and derives."""

import hashlib
from datetime import datetime
from zoneinfo import ZoneInfo

from sandbox.simulators.pagerduty.account import Account
from sandbox.simulators.pagerduty.answers import Json

_PATHS = {"escalation_policy": "escalation_policies"}
_WEB_PATHS = {"service": "service-directory"}
_GROUPINGS = {"time": "time", "intelligent": "intelligent", None: None}


def reference(account: Account, kind: str, object_id: str) -> Json:
    """Return a reference to an object; a deleted one has only its id and type."""
    stored = account.store.find(kind, object_id)
    if stored is None:
        gone: Json = {"id": object_id, "type": f"{kind}_reference"}
        return gone | {"summary": None, "self": None, "html_url": None}
    return _identity(account, kind, stored) | {"type": f"{kind}_reference"}


def _identity(account: Account, kind: str, stored: Json) -> Json:
    plural = _PATHS.get(kind, f"{kind}s")
    web = None if kind == "vendor" else f"{_WEB_PATHS.get(kind, plural)}/{stored['id']}"
    return {
        "id": stored["id"],
        "type": kind,
        "summary": stored["name"],
        "self": f"{account.url}/{plural}/{stored['id']}",
        "html_url": web and f"{account.url}/{web}",
    }


def references(account: Account, kind: str, bare: list[Json] | None) -> list[Json]:
    return [reference(account, kind, each["id"]) for each in bare or []]


def service(account: Account, stored: Json) -> Json:
    policy = account.store.find("escalation_policy", stored["escalation_policy"]["id"]) or {}
    grouping = stored["alert_grouping_parameters"]
    rule = stored["incident_urgency_rule"]
    return (
        _public(stored, "auto_pause_notifications_parameters")  # only on request (include[])
        | _identity(account, "service", stored)
        | {
            "escalation_policy": reference(
                account, "escalation_policy", stored["escalation_policy"]["id"]
            ),
            "teams": references(account, "team", policy.get("teams")),
            "integrations": [
                integration_reference(account, each)
                for each in account.store.every("integration")
                if each["service"] == stored["id"]
            ],
            "incident_urgency_rule": {k: v for k, v in rule.items() if v is not None},
            "alert_grouping": _GROUPINGS.get(grouping["type"], "rules"),
            "alert_grouping_timeout": (grouping["config"] or {}).get("timeout"),
            "addons": [],
            "status": _service_status(account, stored),
        }
    )


def _service_status(account: Account, stored: Json) -> str:
    if is_disabled(stored):
        return "disabled"
    if account.is_in_maintenance(stored["id"]):
        return "maintenance"
    statuses = {i.status for i in account.open_incidents() if i.service == stored["id"]}
    if "triggered" in statuses:
        return "critical"
    return "warning" if statuses else "active"


def is_disabled(service: Json) -> bool:
    """Report whether somebody disabled a stored service."""
    return service.get("status") == "disabled"


def _public(stored: Json, *private: str) -> Json:
    return {key: value for key, value in stored.items() if key not in private}


def integration_reference(account: Account, stored: Json) -> Json:
    url = f"{account.url}/services/{stored['service']}/integrations/{stored['id']}"
    return _identity(account, "integration", stored) | {
        "type": f"{stored['type']}_reference",
        "self": url,
        "html_url": url,
    }


def integration(account: Account, stored: Json) -> Json:
    vendor = stored["vendor"]
    return (
        stored
        | integration_reference(account, stored)
        | {
            "type": stored["type"],
            "service": reference(account, "service", stored["service"]),
            "vendor": vendor and reference(account, "vendor", vendor["id"]),
        }
    )


def escalation_policy(account: Account, stored: Json) -> Json:
    rules = [
        {
            "id": rule["id"],
            "escalation_delay_in_minutes": rule["escalation_delay_in_minutes"],
            "targets": [
                reference(account, each["type"].removesuffix("_reference"), each["id"])
                for each in rule["targets"]
            ],
        }
        for rule in stored["escalation_rules"]
    ]
    users = [s for s in account.store.every("service") if s["escalation_policy"] == _bare(stored)]
    return (
        stored
        | _identity(account, "escalation_policy", stored)
        | {
            "escalation_rules": rules,
            "services": references(account, "service", users),
            "teams": references(account, "team", stored["teams"]),
            "privilege": None,
        }
    )


def _bare(stored: Json) -> Json:
    return {"id": stored["id"]}


def schedule(account: Account, stored: Json) -> Json:
    """Return a schedule; its layers are reversed, as in PagerDuty: the first one listed wins."""
    zone = ZoneInfo(stored["time_zone"])
    layers = [
        layer
        | {
            "start": local(layer["start"], zone),
            "end": layer["end"] and local(layer["end"], zone),
            "rotation_virtual_start": local(layer["rotation_virtual_start"], zone),
            "restrictions": [
                {key: value for key, value in each.items() if value is not None}
                for each in layer["restrictions"]
            ],
            "users": [
                {"user": reference(account, "user", each["user"]["id"])} for each in layer["users"]
            ],
        }
        | _UNRENDERED
        for layer in reversed(stored["schedule_layers"])
    ]
    people = {each["user"]["id"]: each["user"] for layer in layers for each in layer["users"]}
    return (
        stored
        | _identity(account, "schedule", stored)
        | {
            "schedule_layers": layers,
            "users": list(people.values()),
            "teams": references(account, "team", stored["teams"]),
            "escalation_policies": references(
                account, "escalation_policy", policies_using(account, stored["id"])
            ),
            "final_schedule": {"name": "Final Schedule"} | _UNRENDERED,
            "overrides_subschedule": {"name": "Overrides"} | _UNRENDERED,
        }
    )


_UNRENDERED: Json = {"rendered_schedule_entries": [], "rendered_coverage_percentage": None}


def local(moment: str, zone: ZoneInfo) -> str:
    return datetime.fromisoformat(moment).astimezone(zone).isoformat().replace("+00:00", "Z")


def policies_using(account: Account, target_id: str) -> list[Json]:
    return [
        policy
        for policy in account.store.every("escalation_policy")
        if any(t["id"] == target_id for rule in policy["escalation_rules"] for t in rule["targets"])
    ]


def user(account: Account, stored: Json) -> Json:
    digest = hashlib.md5(stored["email"].encode(), usedforsecurity=False).hexdigest()
    own = f"{account.url}/users/{stored['id']}"
    teams = [t for t in account.store.every("team") if stored["id"] in t["members"]]
    return (
        _public(stored, "contact_method")
        | _identity(account, "user", stored)
        | {
            "avatar_url": f"https://secure.gravatar.com/avatar/{digest}.png?d=mm&r=PG",
            "billed": True,
            "contact_methods": [
                {
                    "id": stored["contact_method"],
                    "type": "email_contact_method_reference",
                    "summary": "Default",
                    "self": f"{own}/contact_methods/{stored['contact_method']}",
                    "html_url": None,
                }
            ],
            "coordinated_incidents": [],
            "invitation_sent": False,
            "notification_rules": [],
            "teams": references(account, "team", teams),
        }
    )


def team(account: Account, stored: Json) -> Json:
    parent = stored["parent"]
    return (
        _public(stored, "members")
        | _identity(account, "team", stored)
        | {"parent": parent and reference(account, "team", parent["id"])}
    )


def vendor(account: Account, stored: Json) -> Json:
    return stored | _identity(account, "vendor", stored)
