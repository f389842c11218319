"""The routes for tests: clock, faults, reset, and pages."""

from datetime import datetime, timedelta

import httpx2
import pagerduty
import pytest

from tests.sandbox.simulators.pagerduty.running import (
    MONDAY,
    Json,
    Paging,
    Simulator,
    advance,
)


def test_every_answer_reports_that_it_is_not_from_pagerduty(http: httpx2.Client) -> None:
    paths = ("/abilities", "/nowhere", "/v2/enqueue", "/sandbox/clock")

    assert {http.get(path).headers["server"] for path in paths} == {"sandbox-pagerduty-simulator"}


def test_the_clock_continues_from_where_it_is_set(http: httpx2.Client) -> None:
    put = datetime.fromisoformat("2031-05-06T07:08:09+02:00")
    shown = http.put("/sandbox/clock", json={"now": put.isoformat()}).json()["now"]
    advance(http, 60)
    made = http.post("/schedules", json=layered("2020-01-01T00:00:00Z")).json()["schedule"]
    began = made["schedule_layers"][0]["start"]

    a_moment = timedelta(seconds=30)  # the longest duration of this test
    assert timedelta(0) <= datetime.fromisoformat(shown) - put < a_moment
    assert timedelta(hours=1) <= datetime.fromisoformat(began) - put < timedelta(hours=1) + a_moment


def layered(start: str) -> Json:
    layer = {
        "start": start,
        "rotation_virtual_start": start,
        "rotation_turn_length_seconds": 86400,
        "users": [{"user": {"id": "PUMANGR"}}],
    }
    return {"schedule": {"name": "S", "time_zone": "Etc/UTC", "schedule_layers": [layer]}}


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ({}, "Value error, give either now or advance_seconds"),
        ({"advance_seconds": -1}, "advance_seconds: Input should be greater than or equal to 0"),
        ({"now": "2026-01-05T09:00:00"}, "now: Input should have timezone info"),
        ({"now": MONDAY, "slowly": True}, "slowly: Extra inputs are not permitted"),
    ],
)
def test_an_invalid_change_of_the_clock_is_refused(
    body: Json, error: str, http: httpx2.Client
) -> None:
    answer = http.put("/sandbox/clock", json=body)

    assert (answer.status_code, answer.json()) == (400, {"errors": [error]})


NOT_FOUND = {"error": {"message": "Not Found", "code": 2100}}
RATE_LIMITED = {"error": {"message": "Rate Limit Exceeded", "code": 2020}}
BROKEN = {"error": {"message": "Internal Server Error", "code": 2000}}


@pytest.mark.parametrize(
    ("status", "content_type", "body"),
    [
        (401, "text/html; charset=utf-8", b""),
        (404, "application/json", NOT_FOUND),
        (429, "application/json", RATE_LIMITED),
        (500, "application/json", BROKEN),
    ],
)
def test_a_fault_answers_once_as_documented(
    status: int, content_type: str, body: Json | bytes, http: httpx2.Client
) -> None:
    http.post("/sandbox/faults", json={"status": status})
    answer = http.get("/abilities")

    assert answer.status_code == status
    assert answer.headers["content-type"] == content_type
    assert (answer.content if isinstance(body, bytes) else answer.json()) == body
    assert http.get("/abilities").status_code == 200


def test_a_rate_limit_has_the_time_of_the_next_try(http: httpx2.Client) -> None:
    http.post("/sandbox/faults", json={"status": 429})
    headers = http.get("/abilities").headers

    names = ("ratelimit-limit", "ratelimit-remaining", "ratelimit-reset")
    assert [headers[name] for name in names] == ["960", "0", "1"]


def test_the_official_client_retries_after_a_rate_limit(
    rest: pagerduty.RestApiV2Client, http: httpx2.Client
) -> None:
    rest.sleep_timer = 0
    http.post("/sandbox/faults", json={"status": 429, "times": 2})

    assert rest.rget("teams/PTPLATF")["name"] == "Platform"
    assert http.get("/sandbox/faults").json() == {"faults": []}


def test_the_official_client_stops_at_a_wrong_token(
    rest: pagerduty.RestApiV2Client, http: httpx2.Client
) -> None:
    http.post("/sandbox/faults", json={"status": 401})

    with pytest.raises(pagerduty.HttpError, match="Received 401 Unauthorized"):
        rest.rget("teams/PTPLATF")


def test_a_fault_affects_only_matching_requests(http: httpx2.Client) -> None:
    fault = {"method": "GET", "path": "^/teams/", "status": 500, "times": 2}
    http.post("/sandbox/faults", json=fault)
    others = [http.get("/teams"), http.put("/teams/PTPLATF", json={"team": {"name": "P"}})]
    meant = [http.get("/teams/PTPLATF") for _ in range(3)]

    assert [answer.status_code for answer in others] == [200, 200]
    assert [answer.status_code for answer in meant] == [500, 500, 200]


def test_a_faulty_request_changes_nothing(http: httpx2.Client) -> None:
    http.post("/sandbox/faults", json={"status": 500})
    http.post("/teams", json={"team": {"name": "Payments"}})

    assert http.get("/teams", params={"query": "Payments"}).json()["teams"] == []


def test_events_have_the_fault_answers_of_their_own_api(
    ladder: Paging, http: httpx2.Client
) -> None:
    ladder.events.sleep_timer = 0
    http.post("/sandbox/faults", json={"path": "^/v2/", "status": 429})
    http.post("/sandbox/faults", json={"path": "^/v2/", "status": 500})

    assert ladder.trigger() == "lag/orders/local"
    assert http.get("/sandbox/faults").json() == {"faults": []}


def test_a_fault_may_have_its_own_answer(http: httpx2.Client) -> None:
    body = {"error": {"message": "Access Denied", "code": 2010}}
    fault = {"status": 403, "body": body, "headers": {"x-request-id": "1"}}
    http.post("/sandbox/faults", json=fault)
    http.post("/sandbox/faults", json={"status": 502, "body": "<html>Bad Gateway</html>"})
    first, second = http.get("/abilities"), http.get("/abilities")

    assert (first.status_code, first.json(), first.headers["x-request-id"]) == (403, body, "1")
    assert (second.status_code, second.text) == (502, "<html>Bad Gateway</html>")


def test_a_fault_may_leave_a_request_unanswered(simulator: Simulator, http: httpx2.Client) -> None:
    http.post("/sandbox/faults", json={"hang": True})

    with simulator.http() as impatient, pytest.raises(httpx2.ReadTimeout):
        impatient.get("/abilities", timeout=0.05)
    assert http.get("/abilities").status_code == 200


def test_a_fault_may_lose_the_answer(simulator: Simulator, http: httpx2.Client) -> None:
    http.post("/sandbox/faults", json={"method": "POST", "lose": True})
    team = {"team": {"type": "team", "name": "Lost"}}

    with simulator.http() as impatient, pytest.raises(httpx2.ReadTimeout):
        impatient.post("/teams", json=team, timeout=0.2)
    assert [found["name"] for found in http.get("/teams?query=Lost").json()["teams"]] == ["Lost"]


def test_pending_faults_are_listed_and_can_be_deleted(http: httpx2.Client) -> None:
    fault = {"path": "^/users", "status": 500, "times": 3}
    http.post("/sandbox/faults", json=fault)
    http.get("/users")
    listed = http.get("/sandbox/faults").json()
    emptied = http.delete("/sandbox/faults").json()

    assert (listed, emptied) == ({"faults": [fault | {"times": 2}]}, {"faults": []})
    assert http.get("/users").status_code == 200


NO_REGULAR_EXPRESSION = "not a regular expression: missing ), unterminated subpattern at position 0"


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        ({}, "Value error, give a status, hang: true or lose: true"),
        ({"status": 500, "hang": True}, "Value error, give a status, hang: true or lose: true"),
        ({"status": 99}, "status: Input should be greater than or equal to 200"),
        (
            {"status": 500, "path": "("},
            f"path: Value error, {NO_REGULAR_EXPRESSION}",
        ),
        ({"status": 500, "Times": 2}, "Times: Extra inputs are not permitted"),
    ],
)
def test_an_invalid_fault_is_refused(fault: Json, error: str, http: httpx2.Client) -> None:
    answer = http.post("/sandbox/faults", json=fault)

    assert (answer.status_code, answer.json()) == (400, {"errors": [error]})


def test_pages_list_who_was_paged_for_what(ladder: Paging, http: httpx2.Client) -> None:
    ladder.trigger()
    incident = http.get("/incidents").json()["incidents"][0]
    pages = http.get("/sandbox/pages").json()["pages"]

    assert pages == [
        {
            "at": incident["created_at"],
            "minute": 0,
            "level": 1,
            "loop": 1,
            "user": {"id": "PUONCL1", "name": "On-call Engineer One"},
            "incident": incident["id"],
            "title": "Consumers fall behind",
            "dedup_key": "lag/orders/local",
            "urgency": "high",
            "service": {"id": ladder.service["id"], "name": "Waqiti Local"},
        }
    ]


def test_a_reset_creates_a_new_account_with_real_time(ladder: Paging, http: httpx2.Client) -> None:
    ladder.trigger()
    http.post("/sandbox/faults", json={"status": 500})
    moved = http.get("/sandbox/clock").json()["now"]
    shown = http.post("/sandbox/reset").json()["now"]

    assert http.get("/sandbox/pages").json() == {"pages": []}
    assert http.get("/services").json()["services"] == []
    assert [user["id"] for user in http.get("/users").json()["users"]] == [
        "PUONCL1",
        "PUONCL2",
        "PUSENR1",
        "PUMANGR",
    ]
    assert moved.startswith("2026-01-05")
    assert not shown.startswith("2026-01-05")


def test_an_unknown_control_route_is_not_found(http: httpx2.Client) -> None:
    assert http.get("/sandbox/nowhere").status_code == 404
