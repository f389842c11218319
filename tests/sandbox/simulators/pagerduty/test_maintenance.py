"""A disabled service, and one in a maintenance window, opens no incident and shows why."""

import httpx2
import pagerduty
import pytest

from tests.sandbox.simulators.pagerduty.running import FROM, Json, Paging, advance, refused

START, END = "2026-01-05T09:30:00Z", "2026-01-05T10:00:00Z"  # the clock begins at 09:00


def status(rest: pagerduty.RestApiV2Client, ladder: Paging) -> str:
    return str(rest.rget(f"services/{ladder.service['id']}")["status"])


def planned(http: httpx2.Client, ladder: Paging, **changes: object) -> httpx2.Response:
    window = {
        "type": "maintenance_window",
        "start_time": START,
        "end_time": END,
        "description": "New brokers",
        "services": [{"id": ladder.service["id"], "type": "service_reference"}],
    } | changes
    return http.post("/maintenance_windows", json={"maintenance_window": window}, headers=FROM)


@pytest.fixture
def window(http: httpx2.Client, ladder: Paging) -> Json:
    made: Json = planned(http, ladder).raise_for_status().json()["maintenance_window"]
    return made


def test_a_disabled_service_accepts_events_and_opens_no_incident(
    rest: pagerduty.RestApiV2Client, ladder: Paging
) -> None:
    path = f"services/{ladder.service['id']}"
    rest.rput(path, json={"status": "disabled"})
    rest.rput(path, json={"description": "Still disabled"})
    ladder.trigger()
    disabled = (status(rest, ladder), rest.list_all("incidents"))
    rest.rput(path, json={"status": "active"})
    ladder.trigger()

    assert disabled == ("disabled", [])
    assert status(rest, ladder) == "critical"


@pytest.mark.usefixtures("window")
def test_a_service_opens_no_incident_during_its_maintenance_window(
    rest: pagerduty.RestApiV2Client, http: httpx2.Client, ladder: Paging
) -> None:
    seen = [status(rest, ladder)]
    advance(http, 30)
    ladder.trigger()
    seen.append(status(rest, ladder))
    during = rest.list_all("incidents")
    advance(http, 30)
    ladder.trigger()
    seen.append(status(rest, ladder))

    assert seen == ["active", "maintenance", "critical"]
    assert during == []


def test_a_window_is_shown_with_its_author_and_services(window: Json, ladder: Paging) -> None:
    assert (window["start_time"], window["end_time"], window["summary"]) == (
        START,
        END,
        "New brokers",
    )
    assert window["created_by"]["id"] == "PUMANGR"
    assert [each["id"] for each in window["services"]] == [ladder.service["id"]]


@pytest.mark.parametrize(
    ("minutes", "filters"),
    [
        (0, {"all", "future", "open"}),
        (30, {"all", "ongoing", "open"}),
        (60, {"all", "past"}),
    ],
)
def test_windows_are_listed_by_time_and_by_service(
    rest: pagerduty.RestApiV2Client,
    http: httpx2.Client,
    window: Json,
    minutes: int,
    filters: set[str],
) -> None:
    service = window["services"][0]["id"]
    advance(http, minutes)

    def listed(chosen: str, of: str) -> list[str]:
        query = {"filter": chosen, "service_ids[]": of}
        return [each["id"] for each in rest.list_all("maintenance_windows", params=query)]

    every = ("all", "future", "ongoing", "open", "past")
    assert {each for each in every if listed(each, service) == [window["id"]]} == filters
    assert [listed(each, "PNOPE00") for each in every] == [[]] * 5


def test_a_deleted_window_ends_or_never_begins(http: httpx2.Client, window: Json) -> None:
    path = f"/maintenance_windows/{window['id']}"
    advance(http, 40)
    ended = http.delete(path).status_code
    end = http.get(path).json()["maintenance_window"]["end_time"]
    again = http.delete(path).status_code

    assert (ended, end, again) == (204, "2026-01-05T09:40:00Z", 405)


def test_a_window_can_be_moved_and_a_future_one_deleted(http: httpx2.Client, window: Json) -> None:
    path = f"/maintenance_windows/{window['id']}"
    later = {"end_time": "2026-01-05T11:00:00Z"}
    moved = http.put(path, json={"maintenance_window": later}).json()["maintenance_window"]

    assert moved == window | later
    assert http.delete(path).status_code == 204
    assert http.get(path).status_code == 404


def test_an_invalid_window_is_refused(http: httpx2.Client, ladder: Paging) -> None:
    unknown = {"id": "PNOPE00", "type": "service_reference"}

    assert refused(planned(http, ladder, end_time=START)) == (
        400,
        ["End time must be after start time"],
    )
    assert refused(planned(http, ladder, services=[unknown])) == (
        400,
        ["Service PNOPE00 could not be found"],
    )
    assert refused(http.get("/maintenance_windows?filter=soon")) == (400, ["Filter is not valid"])


def test_a_window_has_an_author(http: httpx2.Client) -> None:
    refusal = http.post("/maintenance_windows", json={"maintenance_window": {}})

    assert (refusal.status_code, refusal.json()["error"]["code"]) == (400, 2016)
