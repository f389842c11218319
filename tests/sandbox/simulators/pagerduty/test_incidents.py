"""REST routes of incidents: representation, lists, and the log."""

import re
from typing import Any

import httpx2
import pagerduty
import pytest

from tests.sandbox.simulators.pagerduty.running import (
    FROM,
    Json,
    Paging,
    advance,
    only_incident,
)


def without_generated(document: object, url: str) -> object:
    """Replace values that vary between runs: the address, generated ids, seconds."""
    if isinstance(document, dict):
        return {key: without_generated(value, url) for key, value in document.items()}
    if isinstance(document, list):
        return [without_generated(value, url) for value in document]
    if not isinstance(document, str):
        return document
    text = re.sub(r"\b(Q[A-Z0-9]{13}|R[A-F0-9]{25})\b", lambda m: m[0][0] + "*", document)
    return re.sub(r":\d\dZ$", ":*Z", text.replace(url, "URL"))


def reference(kind: str, stored: Json) -> Json:
    return {
        "id": stored["id"],
        "type": f"{kind}_reference",
        "summary": stored["name"],
        "self": stored["self"],
        "html_url": stored["html_url"],
    }


def test_an_incident_shows_what_it_is_and_what_comes_next(
    ladder: Paging, http: httpx2.Client
) -> None:
    ladder.trigger()
    user = http.get("/users/PUONCL1").json()["user"]
    incident = only_incident(http)
    expected = {
        "id": "Q*",
        "type": "incident",
        "summary": "[#1] Consumers fall behind",
        "self": "URL/incidents/Q*",
        "html_url": "URL/incidents/Q*",
        "incident_number": 1,
        "title": "Consumers fall behind",
        "created_at": "2026-01-05T09:00:*Z",
        "updated_at": "2026-01-05T09:00:*Z",
        "status": "triggered",
        "incident_key": "lag/orders/local",
        "service": reference("service", ladder.service),
        "escalation_policy": reference("escalation_policy", ladder.policy),
        "teams": [],
        "urgency": "high",
        "assigned_via": "escalation_policy",
        "assignments": [{"at": "2026-01-05T09:00:*Z", "assignee": reference("user", user)}],
        "acknowledgements": [],
        "pending_actions": [{"type": "escalate", "at": "2026-01-05T09:15:*Z"}],
        "last_status_change_at": "2026-01-05T09:00:*Z",
        "last_status_change_by": reference("integration", ladder.integration),
        "resolved_at": None,
        "first_trigger_log_entry": {
            "id": "R*",
            "type": "trigger_log_entry_reference",
            "summary": "Triggered through the API",
            "self": "URL/log_entries/R*?incident_id=Q*",
            "html_url": "URL/incidents/Q*/log_entries/R*",
        },
        "alert_counts": {"all": 1, "triggered": 1, "resolved": 0},
        "priority": None,
        "resolve_reason": None,
        "is_mergeable": True,
    }
    url = str(http.base_url).rstrip("/")

    assert without_generated(incident, url) == without_generated(expected, url)
    assert http.get(f"/incidents/{incident['id']}").json() == {"incident": incident}
    assert http.get("/incidents/1").json() == {"incident": incident}


def test_the_log_lists_the_incidents_entries_newest_first(
    ladder: Paging, http: httpx2.Client
) -> None:
    ladder.trigger()
    advance(http, 15)
    incident = only_incident(http)
    body = {"incident": {"status": "resolved", "resolution": "Restarted the consumers"}}
    http.put(f"/incidents/{incident['id']}", json=body, headers=FROM)
    entries = http.get(f"/incidents/{incident['id']}/log_entries").json()["log_entries"]

    reported = [
        (e["type"], e["summary"], e["channel"]["type"], e["agent"]["type"]) for e in entries
    ]
    assert reported == [
        ("resolve_log_entry", "Resolved", "website", "user_reference"),
        ("notify_log_entry", "Notified Senior Engineer", "auto", "service_reference"),
        ("escalate_log_entry", "Escalated to Senior Engineer", "timeout", "service_reference"),
        ("notify_log_entry", "Notified On-call Engineer One", "auto", "service_reference"),
        ("assign_log_entry", "Assigned to On-call Engineer One", "auto", "service_reference"),
        ("trigger_log_entry", "Triggered through the API", "api", "integration_reference"),
    ]
    assert entries[0]["note"] == "Restarted the consumers"


def test_every_loop_and_the_end_of_the_escalation_are_in_the_log(
    ladder: Paging, rest: pagerduty.RestApiV2Client, http: httpx2.Client
) -> None:
    ladder.trigger()
    advance(http, 24 * 60)
    (incident,) = rest.list_all("incidents")
    entries = rest.list_all(
        f"incidents/{incident['id']}/log_entries", params={"is_overview": "true"}
    )

    types = [entry["type"].removesuffix("_log_entry") for entry in reversed(entries)]
    assert types == [
        *("trigger", "assign", "escalate", "escalate"),
        *("repeat_escalation_path", "escalate", "escalate", "escalate"),
        *("repeat_escalation_path", "escalate", "escalate", "escalate"),
        "exhaust_escalation_path",
    ]


@pytest.mark.parametrize(
    ("query", "keys"),
    [
        ({}, ["acknowledged", "triggered", "resolved"]),
        ({"statuses[]": ["triggered", "acknowledged"]}, ["acknowledged", "triggered"]),
        ({"urgencies[]": ["low"]}, []),
        ({"user_ids[]": ["PUONCL1"]}, ["triggered"]),
        ({"service_ids[]": ["PNOPE00"]}, []),
        ({"team_ids[]": ["PTPLATF"]}, []),
        ({"incident_key": "resolved"}, ["resolved"]),
        ({"sort_by": "created_at:desc"}, ["resolved", "triggered", "acknowledged"]),
        ({"since": "2026-01-05T09:30:00Z"}, ["triggered", "resolved"]),
        ({"until": "2026-01-05T09:30:00Z"}, ["acknowledged"]),
        ({"since": "2027-01-01T00:00:00Z", "date_range": "all", "limit": "1"}, ["acknowledged"]),
    ],
)
def test_incidents_are_filtered_on_request(
    query: dict[str, Any], keys: list[str], ladder: Paging, http: httpx2.Client
) -> None:
    ladder.events.acknowledge(ladder.trigger("acknowledged"))
    advance(http, 61)
    ladder.events.acknowledge("acknowledged")
    ladder.trigger("triggered")
    advance(http, 1)
    ladder.events.resolve(ladder.trigger("resolved"))
    listed = http.get("/incidents", params=query).json()["incidents"]

    assert [incident["incident_key"] for incident in listed] == keys


def test_only_incidents_of_the_last_month_are_listed_by_default(
    ladder: Paging, http: httpx2.Client
) -> None:
    ladder.trigger()
    advance(http, 31 * 24 * 60)

    assert http.get("/incidents").json()["incidents"] == []
    assert len(http.get("/incidents", params={"date_range": "all"}).json()["incidents"]) == 1


def test_the_status_of_a_service_follows_from_its_incidents(
    ladder: Paging, http: httpx2.Client
) -> None:
    def status() -> str:
        found: str = http.get(f"/services/{ladder.service['id']}").json()["service"]["status"]
        return found

    seen = [status()]
    key = ladder.trigger()
    seen.append(status())
    ladder.events.acknowledge(key)
    seen.append(status())
    ladder.events.resolve(key)
    seen.append(status())

    assert seen == ["active", "critical", "warning", "active"]


def test_a_missing_incident_is_not_found(http: httpx2.Client) -> None:
    answers = [http.get(f"/incidents/{path}") for path in ("7", "QNOPE", "QNOPE/log_entries")]

    assert [answer.status_code for answer in answers] == [404, 404, 404]


def test_an_incident_belongs_to_its_policys_teams(
    ladder: Paging, rest: pagerduty.RestApiV2Client
) -> None:
    rest.rput(
        f"escalation_policies/{ladder.policy['id']}",
        json={"teams": [{"id": "PTPLATF", "type": "team_reference"}]},
    )
    ladder.trigger()
    (incident,) = rest.list_all("incidents", params={"team_ids[]": ["PTPLATF"]})

    assert [team["id"] for team in incident["teams"]] == ["PTPLATF"]
