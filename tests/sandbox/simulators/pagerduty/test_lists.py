"""REST API v2: tokens, objects of a new account, lists and pagination."""

from typing import Any

import httpx2
import pagerduty
import pytest

from tests.sandbox.simulators.pagerduty.running import (
    RULE,
    Json,
    Paging,
    Simulator,
    refused,
)


@pytest.mark.parametrize(
    "authorization",
    [
        None,
        "Token token=wrong",
        "Token token=",
        "Bearer a-token-of-the-sandbox",
        "a-token-of-the-sandbox",
        "Basic Token token=a-token-of-the-sandbox",
    ],
)
@pytest.mark.parametrize("path", ["/abilities", "/users", "/nowhere"])
def test_a_request_without_a_valid_token_is_refused(
    authorization: str | None, path: str, simulator: Simulator
) -> None:
    with simulator.http(authorization) as http:
        answer = http.get(path)

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
    ],
)
def test_missing_objects_are_not_found(method: str, path: str, http: httpx2.Client) -> None:
    answer = http.request(method, path)

    assert (answer.status_code, answer.json()) == (
        404,
        {"error": {"message": "Not Found", "code": 2100}},
    )


def test_the_official_client_finds_the_objects_of_a_new_account(
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


def test_the_official_client_lists_the_abilities(rest: pagerduty.RestApiV2Client) -> None:
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
def test_lists_are_paginated(
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
def test_an_invalid_page_is_refused(query: dict[str, str], error: str, http: httpx2.Client) -> None:
    assert refused(http.get("/users", params=query)) == (400, [error])


def test_services_and_policies_are_listed_by_name(rest: pagerduty.RestApiV2Client) -> None:
    for name in ("b", "A", "c"):
        policy = {"name": name, "escalation_rules": [RULE]}
        made = rest.rpost("escalation_policies", json=policy)
        rest.rpost("services", json={"name": name, "escalation_policy": {"id": made["id"]}})

    assert [each["name"] for each in rest.iter_all("escalation_policies")] == ["A", "b", "c"]
    assert [each["name"] for each in rest.iter_all("services")] == ["A", "b", "c"]


def test_lists_can_be_filtered_by_team(ladder: Paging, rest: pagerduty.RestApiV2Client) -> None:
    team = {"id": "PTPLATF", "type": "team_reference"}
    of_platform = {"params": {"team_ids[]": ["PTPLATF"]}}
    before = rest.list_all("services", **of_platform)
    rest.rput(f"escalation_policies/{ladder.policy['id']}", json={"teams": [team]})
    after = rest.list_all("services", **of_platform)

    assert (before, [service["name"] for service in after]) == ([], ["Waqiti Local"])


def test_whole_integrations_are_included_on_request(
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


def test_whole_teams_are_included_in_policies_on_request(
    ladder: Paging, rest: pagerduty.RestApiV2Client
) -> None:
    path = f"escalation_policies/{ladder.policy['id']}"
    rest.rput(path, json={"teams": [{"id": "PTPLATF", "type": "team_reference"}]})

    assert rest.rget(path, params={"include[]": ["teams"]})["teams"] == [rest.rget("teams/PTPLATF")]
