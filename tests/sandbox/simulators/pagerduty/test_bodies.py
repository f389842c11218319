"""REST API v2: request bodies."""

import httpx2
import pagerduty
import pytest

from tests.sandbox.simulators.pagerduty.running import (
    MANAGER,
    MONDAY,
    RULE,
    Json,
    Paging,
    refused,
)

LAYER = {
    "start": MONDAY,
    "rotation_virtual_start": MONDAY,
    "rotation_turn_length_seconds": 86400,
    "users": [{"user": {"id": "PUMANGR", "type": "user_reference"}}],
}


def test_a_change_keeps_keys_that_it_omits(ladder: Paging, rest: pagerduty.RestApiV2Client) -> None:
    path = f"services/{ladder.service['id']}"
    changed = rest.rput(path, json={"description": "Pages people"})

    assert changed == ladder.service | {
        "description": "Pages people",
        "integrations": changed["integrations"],
    }


def test_keys_that_pagerduty_does_not_know_are_ignored(http: httpx2.Client) -> None:
    body = {"team": {"name": "Payments", "colour": "red", "id": "PCHOSEN"}, "other": 1}
    answer = http.post("/teams", json=body)

    assert answer.status_code == 201
    assert "colour" not in answer.json()["team"]
    assert answer.json()["team"]["id"] != "PCHOSEN"


def test_a_timeout_of_zero_is_none(ladder: Paging, rest: pagerduty.RestApiV2Client) -> None:
    service = rest.rput(
        f"services/{ladder.service['id']}",
        json={"acknowledgement_timeout": 0, "auto_resolve_timeout": 0},
    )

    assert (service["acknowledgement_timeout"], service["auto_resolve_timeout"]) == (None, None)


@pytest.mark.parametrize(
    ("path", "body", "expected"),
    [
        ("/teams", {}, ["team is missing"]),
        ("/services", {"service": None}, ["service is missing"]),
        ("/services", {"service": {}}, ["Name can't be blank", "Escalation policy can't be blank"]),
        (
            "/services",
            {"service": {"name": "", "escalation_policy": {"id": "PNOPE00"}}},
            ["Name can't be blank"],
        ),
        (
            "/services",
            {"service": {"name": "S", "escalation_policy": {"id": "PNOPE00"}}},
            ["Escalation policy PNOPE00 could not be found"],
        ),
        (
            "/services",
            {
                "service": {
                    "name": "S",
                    "escalation_policy": {"id": "PNOPE00"},
                    "acknowledgement_timeout": -1,
                    "incident_urgency_rule": {"type": "constant", "urgency": "medium"},
                    "alert_creation": "none",
                }
            },
            [
                "Acknowledgement timeout must be greater than or equal to 0",
                "Alert creation is not valid",
                "Urgency is not valid",
            ],
        ),
        (
            "/services",
            {
                "service": {
                    "name": "S",
                    "escalation_policy": {"id": "PNOPE00"},
                    "incident_urgency_rule": {"type": "use_support_hours"},
                }
            },
            ["Support hours can't be blank"],
        ),
        (
            "/escalation_policies",
            {"escalation_policy": {"name": "P", "num_loops": 10, "escalation_rules": []}},
            ["Num loops must be less than or equal to 9", "Escalation rules can't be blank"],
        ),
        (
            "/escalation_policies",
            {
                "escalation_policy": {
                    "name": "P",
                    "escalation_rules": [{"escalation_delay_in_minutes": 0, "targets": []}],
                }
            },
            ["Escalation delay in minutes must be greater than 0", "Targets can't be blank"],
        ),
        (
            "/escalation_policies",
            {
                "escalation_policy": {
                    "name": "P",
                    "teams": [{"id": "PNOPE02"}],
                    "escalation_rules": [RULE | {"targets": [MANAGER | {"id": "PNOPE01"}]}],
                }
            },
            ["User PNOPE01 could not be found"],
        ),
        (
            "/schedules",
            {"schedule": {"name": "S", "time_zone": "Mars/Olympus", "schedule_layers": [LAYER]}},
            ["Time zone is not valid"],
        ),
        (
            "/schedules",
            {
                "schedule": {
                    "name": "S",
                    "time_zone": "Etc/UTC",
                    "schedule_layers": [
                        LAYER | {"rotation_turn_length_seconds": 0, "users": [], "start": None}
                    ],
                }
            },
            [
                "Start can't be blank",
                "Rotation turn length seconds must be greater than 0",
                "Users can't be blank",
            ],
        ),
        ("/users", {"user": {"name": "Ann"}}, ["Email can't be blank"]),
        (
            "/users",
            {"user": {"name": "Ann", "email": "MANAGER@waqiti.invalid"}},
            ["Email has already been taken"],
        ),
        (
            "/users",
            {"user": {"name": "Ann", "email": "ann@waqiti.invalid", "role": "queen"}},
            ["Role is not valid"],
        ),
        ("/teams", {"team": {"name": "platform"}}, ["Name has already been taken."]),
        (
            "/teams",
            {"team": {"name": "T", "parent": {"id": "PNOPE00"}}},
            ["Team PNOPE00 could not be found"],
        ),
    ],
)
def test_an_invalid_body_is_refused_with_every_problem(
    path: str, body: Json, expected: list[str], http: httpx2.Client
) -> None:
    assert refused(http.post(path, json=body)) == (400, expected)


def test_invalid_json_is_refused(http: httpx2.Client) -> None:
    answer = http.post("/services", content=b"{")

    assert refused(answer) == (400, ["Request body is not valid JSON"])


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"name": "I", "type": "telepathy"}, ["Type is not valid"]),
        ({"type": "events_api_v2_inbound_integration"}, ["Name can't be blank"]),
        (
            {"name": "I", "type": "service_integration", "vendor": {"id": "PNOPE00"}},
            ["Vendor PNOPE00 could not be found"],
        ),
    ],
)
def test_an_invalid_integration_is_refused(
    body: Json, expected: list[str], ladder: Paging, http: httpx2.Client
) -> None:
    path = f"/services/{ladder.service['id']}/integrations"

    assert refused(http.post(path, json={"integration": body})) == (400, expected)


def test_an_integration_is_found_only_under_its_service(
    ladder: Paging, rest: pagerduty.RestApiV2Client, http: httpx2.Client
) -> None:
    policy = {"id": ladder.policy["id"]}
    other = rest.rpost("services", json={"name": "Other", "escalation_policy": policy})
    path = f"/services/{other['id']}/integrations/{ladder.integration['id']}"

    assert http.get(path).status_code == 404


@pytest.mark.parametrize(
    ("method", "path", "body", "what"),
    [
        (
            "GET",
            "/schedules/PSONCAL?since=2026-01-05T00:00:00Z",
            None,
            "a time range with one end (since, until)",
        ),
        (
            "GET",
            "/users/PUMANGR?since=2026-01-05T00:00:00Z&until=2026-02-05T00:00:00Z",
            None,
            "a time range (since, until)",
        ),
        (
            "POST",
            "/escalation_policies",
            {
                "escalation_policy": {
                    "name": "P",
                    "escalation_rules": [
                        RULE | {"escalation_rule_assignment_strategy": {"type": "round_robin"}}
                    ],
                }
            },
            "round robin assignment",
        ),
    ],
)
def test_unsupported_requests_are_reported_as_such(
    method: str, path: str, body: Json | None, what: str, http: httpx2.Client
) -> None:
    answer = http.request(method, path, json=body)

    assert (answer.status_code, answer.json()) == (
        501,
        {"error": {"message": f"This simulator does not imitate {what}"}},
    )
