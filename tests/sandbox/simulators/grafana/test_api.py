"""Documented behaviour of Grafana that the recording lacks."""

import httpx2
import pytest

from tests.sandbox.simulators.grafana.running import Simulator, save


def reported(answer: httpx2.Response) -> tuple[int, str, str | None]:
    body = answer.json()
    return answer.status_code, body["message"], body.get("status")


def test_every_answer_reports_that_it_is_from_a_simulator(http: httpx2.Client) -> None:
    health = http.get("/api/health")

    assert health.json() == {
        "commit": "none",
        "database": "ok",
        "version": "11.0.0+sandbox-simulator",
    }
    assert http.get("/api/search").headers["Server"] == "sandbox-grafana-simulator"


@pytest.mark.parametrize(
    ("token", "message_id"), [("wrong", "api-key.invalid"), (None, "auth.unauthorized")]
)
def test_only_the_health_needs_no_token(
    simulator: Simulator, token: str | None, message_id: str
) -> None:
    with simulator.http(token) as http:
        assert http.get("/api/health").status_code == 200
        refused = http.get("/api/search")

    assert (refused.status_code, refused.json()["messageId"]) == (401, message_id)


def test_a_token_has_the_permissions_of_an_editor(http: httpx2.Client) -> None:
    permitted = http.get("/api/access-control/user/permissions").json()

    assert sorted(permitted) == [
        f"{kind}:{verb}"
        for kind in ("dashboards", "folders")
        for verb in ("create", "delete", "read", "write")
    ]


@pytest.mark.parametrize("path", ["/api/nothing", "/api/", "/"])
def test_an_unknown_route_is_not_found_with_grafana_s_message(
    http: httpx2.Client, path: str
) -> None:
    assert reported(http.get(path)) == (404, "Not found", None)


@pytest.mark.parametrize(
    ("path", "what"),
    [
        ("/api/v1/provisioning/alert-rules", "alerting"),
        ("/api/datasources", "data sources"),
        ("/api/ds/query", "queries; ask the data source itself"),
        ("/api/dashboards/uid/x/restore", "this part of the dashboard API"),
        (
            "/apis/dashboard.grafana.app/v1/namespaces/default/dashboards",
            "the newer API under /apis",
        ),
    ],
)
def test_unsupported_routes_are_reported_as_such(http: httpx2.Client, path: str, what: str) -> None:
    assert reported(http.post(path, json={})) == (
        501,
        f"This simulator does not imitate {what}",
        None,
    )


@pytest.mark.parametrize("path", ["/api/folders", "/api/dashboards/db"])
@pytest.mark.parametrize("body", ["{", "[]", "null", ""])
def test_a_body_that_is_no_object_is_a_bad_request(
    http: httpx2.Client, path: str, body: str
) -> None:
    assert reported(http.post(path, content=body)) == (400, "bad request data", None)


def test_a_save_with_the_current_version_succeeds_and_a_second_one_is_refused(
    http: httpx2.Client,
) -> None:
    save(http, "Orders", uid="orders")
    first = save(http, "Orders", uid="orders", version=1, tags=["a"])
    late = save(http, "Orders", uid="orders", version=1, tags=["b"])

    assert (first.status_code, first.json()["version"]) == (200, 2)
    assert reported(late) == (
        412,
        "The dashboard has been changed by someone else",
        "version-mismatch",
    )


def test_a_uid_of_another_dashboard_is_refused(http: httpx2.Client) -> None:
    save(http, "One", uid="one")
    two = save(http, "Two", uid="two").json()["id"]

    assert reported(save(http, "Two", id=two, uid="one", overwrite=True)) == (
        400,
        "A dashboard with the same uid already exists",
        None,
    )


def test_folders_are_listed_and_moved_except_into_themselves(
    http: httpx2.Client,
) -> None:
    for uid, parent in (("top", ""), ("inner", "top"), ("other", "")):
        made = {"title": uid.title(), "uid": uid} | ({"parentUid": parent} if parent else {})
        http.post("/api/folders", json=made).raise_for_status()
    save(http, "Board", folderUid="inner").raise_for_status()

    root = [each["uid"] for each in http.get("/api/folders").json()]
    below = http.get("/api/folders", params={"parentUid": "top"}).json()
    cycle = http.post("/api/folders/top/move", json={"parentUid": "inner"})
    http.delete("/api/folders/top").raise_for_status()

    assert root == ["other", "top"]
    assert below == [{"id": 2, "uid": "inner", "title": "Inner", "parentUid": "top"}]
    assert cycle.status_code == 400
    assert [each["uid"] for each in http.get("/api/search").json()] == ["other"]


def test_the_title_of_a_folder_is_unique_and_not_empty(http: httpx2.Client) -> None:
    http.post("/api/folders", json={"title": "Waqiti", "uid": "waqiti"}).raise_for_status()

    taken = http.post("/api/folders", json={"title": "Waqiti", "uid": "other"})
    empty = http.post("/api/folders", json={"title": " ", "uid": "other"})
    stale = http.put("/api/folders/waqiti", json={"title": "W", "version": 7})

    assert reported(taken) == (
        409,
        "a folder with the same name already exists in the current location",
        None,
    )
    assert reported(empty) == (400, "folder title cannot be empty", None)
    assert reported(stale) == (
        412,
        "the folder has been changed by someone else",
        "version-mismatch",
    )


def test_search_filters_by_words_tags_and_uids(http: httpx2.Client) -> None:
    save(http, "Orders", uid="orders", tags=["prod", "money"])
    save(http, "Payments", uid="payments", tags=["money"])

    def found(**query: str | list[str]) -> list[str]:
        return [each["uid"] for each in http.get("/api/search", params=query).json()]

    assert found() == ["orders", "payments"]
    assert found(query="ORD") == ["orders"]
    assert found(tag=["money", "prod"]) == ["orders"]
    assert found(dashboardUIDs="payments,nowhere") == ["payments"]
    assert found(type="dash-folder") == found(starred="true") == []
    assert found(limit="1", page="2") == ["payments"]
