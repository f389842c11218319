"""REST changes of incidents: acknowledgement, resolution, and refused changes."""

import httpx2
import pagerduty
import pytest

from tests.sandbox.simulators.pagerduty.running import (
    FROM,
    Json,
    Paging,
    only_incident,
)


def test_an_acknowledgement_has_its_user_and_its_end(ladder: Paging, http: httpx2.Client) -> None:
    ladder.trigger()
    body = {"incident": {"type": "incident_reference", "status": "acknowledged"}}
    answer = http.put(f"/incidents/{only_incident(http)['id']}", json=body, headers=FROM)
    incident = answer.json()["incident"]

    assert answer.status_code == 200
    assert incident == only_incident(http)
    assert (incident["status"], incident["pending_actions"][0]["type"]) == (
        "acknowledged",
        "unacknowledge",
    )
    assert [a["acknowledger"]["id"] for a in incident["acknowledgements"]] == ["PUMANGR"]


def test_many_incidents_are_resolved_at_a_time(
    ladder: Paging, rest: pagerduty.RestApiV2Client, http: httpx2.Client
) -> None:
    for key in ("one", "two", "three"):
        ladder.trigger(key)
    ids = [i["id"] for i in rest.list_all("incidents")]
    body = {
        "incidents": [
            {"id": each, "type": "incident_reference", "status": "resolved"} for each in ids[:2]
        ]
    }
    answer = http.put("/incidents", json=body, headers=FROM).json()["incidents"]

    assert [(i["id"], i["status"], i["assignments"]) for i in answer] == [
        (ids[0], "resolved", []),
        (ids[1], "resolved", []),
    ]
    assert [i["status"] for i in rest.list_all("incidents")] == [
        "resolved",
        "resolved",
        "triggered",
    ]


def test_an_invalid_incident_in_a_list_changes_none(ladder: Paging, http: httpx2.Client) -> None:
    ladder.trigger()
    good = {"id": only_incident(http)["id"], "status": "resolved"}
    body = {"incidents": [good, {"id": "PNOPE00", "status": "resolved"}]}

    assert http.put("/incidents", json=body, headers=FROM).status_code == 404
    assert only_incident(http)["status"] == "triggered"


MUST_SAY_WHO = (
    'You must specify a user\'s email address in the "From" header to perform this action'
)


@pytest.mark.parametrize(
    ("headers", "update", "status", "error"),
    [
        ({}, {"status": "resolved"}, 400, {"code": 2016, "message": MUST_SAY_WHO}),
        (
            {"From": "nobody@waqiti.invalid"},
            {"status": "resolved"},
            400,
            {"code": 1008, "message": "Requester User Not Found"},
        ),
        (
            FROM,
            {"status": "closed"},
            400,
            {"code": 2001, "message": "Invalid Input Provided", "errors": ["Status is not valid"]},
        ),
        (
            FROM,
            {"resolution": "never mind"},
            400,
            {
                "code": 2001,
                "message": "Invalid Input Provided",
                "errors": ["Status can't be blank"],
            },
        ),
        (
            FROM,
            {"status": "triggered"},
            501,
            {"message": "This simulator does not imitate unacknowledging or reopening an incident"},
        ),
        (
            FROM,
            {"escalation_level": 2, "title": "Worse"},
            501,
            {
                "message": "This simulator does not imitate changing an incident's"
                " escalation_level, title"
            },
        ),
    ],
)
def test_an_invalid_change_is_refused(
    headers: dict[str, str],
    update: Json,
    status: int,
    error: Json,
    ladder: Paging,
    http: httpx2.Client,
) -> None:
    ladder.trigger()
    before = only_incident(http)
    answer = http.put(f"/incidents/{before['id']}", json={"incident": update}, headers=headers)

    assert (answer.status_code, answer.json()) == (status, {"error": error})
    assert only_incident(http) == before


def test_a_resolved_incident_stays_resolved(ladder: Paging, http: httpx2.Client) -> None:
    ladder.events.resolve(ladder.trigger())
    path = f"/incidents/{only_incident(http)['id']}"
    answers = [
        http.put(path, json={"incident": {"status": status}}, headers=FROM)
        for status in ("resolved", "acknowledged")
    ]

    assert [(a.status_code, a.json()["error"].get("errors")) for a in answers] == [
        (400, ["Incident Already Resolved"]),
        (501, None),
    ]


def test_at_most_250_incidents_change_at_a_time(http: httpx2.Client) -> None:
    body = {"incidents": [{"id": "PNOPE00", "status": "resolved"}] * 251}

    assert http.put("/incidents", json=body, headers=FROM).status_code == 413
