"""REST API v2 beside what the plugin was recorded with: access, pages, and what is refused."""

from typing import Any

import httpx2
import pagerduty
import pytest

from tests.simulators.pagerduty.running import (
    MANAGER,
    MONDAY,
    ON_CALL,
    Json,
    Paging,
    Simulator,
)

RULE = {"escalation_delay_in_minutes": 15, "targets": [ON_CALL]}
LAYER = {
    "start": MONDAY,
    "rotation_virtual_start": MONDAY,
    "rotation_turn_length_seconds": 86400,
    "users": [{"user": {"id": "PUMANGR", "type": "user_reference"}}],
}


def errors(answer: httpx2.Response) -> tuple[int, list[str]]:
    body = answer.json()["error"]
    assert (body["code"], body["message"]) == (2001, "Invalid Input Provided")
    return answer.status_code, body["errors"]


@pytest.mark.parametrize(
    "authorization",
    [
        None,
        "Token token=wrong",
        "Token token=",
        "Bearer a-token-of-the-sandbox",
        "a-token-of-the-sandbox",
    ],
)
@pytest.mark.parametrize("path", ["/abilities", "/users", "/nowhere"])
def test_without_a_known_token_nothing_is_told(
    authorization: str | None, path: str, simulator: Simulator
) -> None:
    headers = {"Authorization": authorization} if authorization else {}
    answer = httpx2.get(f"{simulator.url}{path}", headers=headers)

    assert (answer.status_code, answer.content) == (401, b"")
    assert answer.headers["content-type"].startswith("text/html")


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/nowhere"),
        ("GET", "/services/PNOPE00"),
        ("PATCH", "/services"),
        ("POST", "/vendors"),
        ("GET", "/services/PNOPE00/integrations/PNOPE00"),
        ("PUT", "/teams/PTPLATF/nowhere"),
        ("GET", "/vendors/PNOPE00"),
        ("GET", "/abilities/teleportation"),
        ("GET", "/users/PNOPE00/license"),
    ],
)
def test_what_is_not_there_is_not_found(method: str, path: str, http: httpx2.Client) -> None:
    answer = http.request(method, path)

    assert (answer.status_code, answer.json()) == (
        404,
        {"error": {"message": "Not Found", "code": 2100}},
    )


def test_the_official_client_finds_what_the_account_begins_with(
    rest: pagerduty.RestApiV2Client,
) -> None:
    assert [user["id"] for user in rest.iter_all("users")] == [
        "PUONCL1",
        "PUONCL2",
        "PUSENR1",
        "PUMANGR",
    ]
    assert [each["id"] for each in rest.iter_all("schedules")] == ["PSONCAL", "PSSENIO"]
    assert [each["id"] for each in rest.iter_all("teams")] == ["PTPLATF"]
    assert rest.find("vendors", "Prometheus") == rest.rget("vendors/PKAPG94")
    assert rest.rget("vendors/PKAPG94")["name"] == "Prometheus"


def test_the_official_client_learns_what_it_may(rest: pagerduty.RestApiV2Client) -> None:
    assert rest.account_has_ability("teams")
    assert rest.api_key_access == "account"


def test_members_of_a_team_are_listed_with_their_roles(rest: pagerduty.RestApiV2Client) -> None:
    members = [(m["user"]["id"], m["role"]) for m in rest.iter_all("teams/PTPLATF/members")]

    assert members == [
        ("PUONCL1", "responder"),
        ("PUONCL2", "responder"),
        ("PUSENR1", "responder"),
        ("PUMANGR", "manager"),
    ]


@pytest.mark.parametrize(
    ("query", "ids", "rest"),
    [
        ({}, 4, {"limit": 25, "offset": 0, "more": False, "total": None}),
        ({"limit": 3}, 3, {"limit": 3, "offset": 0, "more": True, "total": None}),
        ({"limit": 3, "offset": 3}, 1, {"limit": 3, "offset": 3, "more": False, "total": None}),
        ({"limit": 4}, 4, {"limit": 4, "offset": 0, "more": False, "total": None}),
        (
            {"limit": 1, "total": "true"},
            1,
            {"limit": 1, "offset": 0, "more": True, "total": 4},
        ),
        ({"limit": 500}, 4, {"limit": 100, "offset": 0, "more": False, "total": None}),
        ({"offset": 9}, 0, {"limit": 25, "offset": 9, "more": False, "total": None}),
    ],
)
def test_lists_come_in_pages(
    query: dict[str, Any], ids: int, rest: Json, http: httpx2.Client
) -> None:
    body = http.get("/users", params=query).json()

    assert len(body.pop("users")) == ids
    assert body == rest


@pytest.mark.parametrize(
    ("query", "error"),
    [
        ({"limit": "many"}, "Limit must be a number"),
        ({"offset": "-1"}, "Offset must be a number"),
        ({"offset": "9990"}, "Offset plus limit must not exceed 10000"),
    ],
)
def test_a_page_that_cannot_be_is_refused(
    query: dict[str, str], error: str, http: httpx2.Client
) -> None:
    assert errors(http.get("/users", params=query)) == (400, [error])


def test_services_and_policies_are_listed_by_name(rest: pagerduty.RestApiV2Client) -> None:
    for name in ("b", "A", "c"):
        policy = {"name": name, "escalation_rules": [RULE]}
        made = rest.rpost("escalation_policies", json=policy)
        rest.rpost("services", json={"name": name, "escalation_policy": {"id": made["id"]}})

    assert [each["name"] for each in rest.iter_all("escalation_policies")] == ["A", "b", "c"]
    assert [each["name"] for each in rest.iter_all("services")] == ["A", "b", "c"]


def test_lists_can_be_cut_to_teams(ladder: Paging, rest: pagerduty.RestApiV2Client) -> None:
    team = {"id": "PTPLATF", "type": "team_reference"}
    of_platform = {"params": {"team_ids[]": ["PTPLATF"]}}
    before = rest.list_all("services", **of_platform)
    rest.rput(f"escalation_policies/{ladder.policy['id']}", json={"teams": [team]})
    after = rest.list_all("services", **of_platform)

    assert (before, [service["name"] for service in after]) == ([], ["Waqiti Local"])


def test_whole_integrations_are_included_on_demand(
    ladder: Paging, rest: pagerduty.RestApiV2Client
) -> None:
    path = f"services/{ladder.service['id']}"
    plain = rest.rget(path)["integrations"]
    whole = rest.rget(path, params={"include[]": ["integrations"]})["integrations"]

    assert plain == [
        {
            "id": ladder.integration["id"],
            "type": "events_api_v2_inbound_integration_reference",
            "summary": "Alertmanager",
            "self": ladder.integration["self"],
            "html_url": ladder.integration["html_url"],
        }
    ]
    assert whole == [ladder.integration]


def test_whole_teams_are_included_in_policies_on_demand(
    ladder: Paging, rest: pagerduty.RestApiV2Client
) -> None:
    path = f"escalation_policies/{ladder.policy['id']}"
    rest.rput(path, json={"teams": [{"id": "PTPLATF", "type": "team_reference"}]})

    assert rest.rget(path, params={"include[]": ["teams"]})["teams"] == [rest.rget("teams/PTPLATF")]


def test_a_change_leaves_what_it_does_not_name(
    ladder: Paging, rest: pagerduty.RestApiV2Client
) -> None:
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


def test_timeouts_of_zero_are_none(ladder: Paging, rest: pagerduty.RestApiV2Client) -> None:
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
def test_a_wrong_body_is_refused_with_all_that_is_wrong(
    path: str, body: Json, expected: list[str], http: httpx2.Client
) -> None:
    assert errors(http.post(path, json=body)) == (400, expected)


def test_what_is_no_json_is_refused(http: httpx2.Client) -> None:
    answer = http.post("/services", content=b"{")

    assert errors(answer) == (400, ["Request body is not valid JSON"])


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
def test_a_wrong_integration_is_refused(
    body: Json, expected: list[str], ladder: Paging, http: httpx2.Client
) -> None:
    path = f"/services/{ladder.service['id']}/integrations"

    assert errors(http.post(path, json={"integration": body})) == (400, expected)


def test_an_integration_is_found_only_under_its_service(
    ladder: Paging, rest: pagerduty.RestApiV2Client, http: httpx2.Client
) -> None:
    policy = {"id": ladder.policy["id"]}
    other = rest.rpost("services", json={"name": "Other", "escalation_policy": policy})
    path = f"/services/{other['id']}/integrations/{ladder.integration['id']}"

    assert http.get(path).status_code == 404


def test_what_is_in_use_is_not_deleted(ladder: Paging, http: httpx2.Client) -> None:
    ladder.trigger()
    http.put(
        f"/escalation_policies/{ladder.policy['id']}",
        json={"escalation_policy": {"teams": [{"id": "PTPLATF"}]}},
    ).raise_for_status()
    paths = {
        f"/escalation_policies/{ladder.policy['id']}": (
            "The escalation policy is being used by one or more services"
        ),
        "/schedules/PSONCAL": (
            "Schedule can't be deleted if it's being used by escalation policies"
        ),
        "/users/PUMANGR": "User is on one or more escalation policies",
        "/users/PUONCL2": "User is on one or more schedules",
        "/teams/PTPLATF": "Team is associated with escalation policies, services or schedules",
    }

    assert {path: errors(http.delete(path)) for path in paths} == {
        path: (400, [error]) for path, error in paths.items()
    }


def test_somebody_with_an_open_incident_is_not_deleted(
    ladder: Paging, rest: pagerduty.RestApiV2Client, http: httpx2.Client
) -> None:
    ann = rest.rpost("users", json={"name": "Ann", "email": "ann@waqiti.invalid"})
    target = {"id": ann["id"], "type": "user_reference"}
    path = f"escalation_policies/{ladder.policy['id']}"
    rest.rput(path, json={"escalation_rules": [RULE | {"targets": [target]}]})
    ladder.trigger()
    rest.rput(path, json={"escalation_rules": [RULE]})
    refused = errors(http.delete(f"/users/{ann['id']}"))
    ladder.events.resolve("lag/orders/local")

    assert refused == (400, ["User has assigned incidents"])
    assert http.delete(f"/users/{ann['id']}").status_code == 204


def test_a_team_with_subteams_is_not_deleted(
    rest: pagerduty.RestApiV2Client, http: httpx2.Client
) -> None:
    rest.rpost("teams", json={"name": "Child", "parent": {"id": "PTPLATF"}})

    assert errors(http.delete("/teams/PTPLATF")) == (400, ["Team has subteams"])


def test_who_leaves_the_company_leaves_its_teams(
    rest: pagerduty.RestApiV2Client, http: httpx2.Client
) -> None:
    http.delete("/users/PUMANGR").raise_for_status()

    assert "PUMANGR" not in [m["user"]["id"] for m in rest.iter_all("teams/PTPLATF/members")]


def test_what_is_left_of_a_deleted_object_is_its_id(
    ladder: Paging, rest: pagerduty.RestApiV2Client
) -> None:
    ladder.trigger()
    rest.rdelete(f"services/{ladder.service['id']}")
    (incident,) = rest.list_all("incidents")

    assert incident["service"] == {
        "id": ladder.service["id"],
        "type": "service_reference",
        "summary": None,
        "self": None,
        "html_url": None,
    }


@pytest.mark.parametrize(
    ("method", "path", "body", "what"),
    [
        (
            "GET",
            "/schedules/PSONCAL?since=2026-01-05&until=2026-02-05",
            None,
            "rendered schedule entries (since, until)",
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
def test_what_the_simulator_cannot_do_it_says(
    method: str, path: str, body: Json | None, what: str, http: httpx2.Client
) -> None:
    answer = http.request(method, path, json=body)

    assert (answer.status_code, answer.json()) == (
        501,
        {"error": {"message": f"This simulator does not imitate {what}"}},
    )
