"""What Grafana's documents say and the recording does not show."""

import httpx2
import pytest

from tests.simulators.grafana.running import Simulator, save, started


def told(answer: httpx2.Response) -> tuple[int, str, str | None]:
    body = answer.json()
    return answer.status_code, body["message"], body.get("status")


def test_every_answer_says_that_it_is_a_simulator_s(http: httpx2.Client) -> None:
    health = http.get("/api/health")

    assert health.json() == {
        "commit": "none",
        "database": "ok",
        "version": "11.0.0+waqiti-sandbox-simulator",
    }
    assert http.get("/api/search").headers["Server"] == "waqiti-sandbox-grafana-simulator"


@pytest.mark.parametrize(
    ("token", "message_id"), [("wrong", "api-key.invalid"), (None, "auth.unauthorized")]
)
def test_only_the_health_is_open_to_all(
    simulator: Simulator, token: str | None, message_id: str
) -> None:
    with simulator.http(token) as http:
        assert http.get("/api/health").status_code == 200
        refused = http.get("/api/search")

    assert (refused.status_code, refused.json()["messageId"]) == (401, message_id)


@pytest.mark.parametrize("path", ["/api/nothing", "/api/", "/"])
def test_an_unknown_route_is_not_found_as_grafana_says_it(http: httpx2.Client, path: str) -> None:
    assert told(http.get(path)) == (404, "Not found", None)


@pytest.mark.parametrize(
    ("path", "what"),
    [
        ("/api/v1/provisioning/alert-rules", "alerting"),
        ("/api/ds/query", "queries; ask the data source itself"),
        ("/api/dashboards/uid/x/restore", "this part of the dashboard API"),
        (
            "/apis/dashboard.grafana.app/v1/namespaces/default/dashboards",
            "the newer API under /apis",
        ),
    ],
)
def test_what_is_not_imitated_is_told_and_not_guessed(
    http: httpx2.Client, path: str, what: str
) -> None:
    assert told(http.post(path, json={})) == (501, f"This simulator does not imitate {what}", None)


@pytest.mark.parametrize("path", ["/api/folders", "/api/dashboards/db", "/api/datasources"])
@pytest.mark.parametrize("body", ["{", "[]", "null", ""])
def test_a_body_that_is_no_object_is_bad_request_data(
    http: httpx2.Client, path: str, body: str
) -> None:
    assert told(http.post(path, content=body)) == (400, "bad request data", None)


def test_a_save_with_the_version_that_was_read_succeeds_and_the_next_one_is_refused(
    http: httpx2.Client,
) -> None:
    save(http, "Orders", uid="orders")
    first = save(http, "Orders", uid="orders", version=1, tags=["a"])
    late = save(http, "Orders", uid="orders", version=1, tags=["b"])

    assert (first.status_code, first.json()["version"]) == (200, 2)
    assert told(late) == (
        412,
        "The dashboard has been changed by someone else",
        "version-mismatch",
    )


def test_every_version_is_kept_with_its_message(http: httpx2.Client) -> None:
    save(http, "Orders", uid="orders", message="first")
    save(http, "Orders", uid="orders", overwrite=True, tags=["a"])

    listed = http.get("/api/dashboards/uid/orders/versions").json()
    oldest = http.get("/api/dashboards/uid/orders/versions/1").json()
    missing = http.get("/api/dashboards/uid/orders/versions/3")

    assert [(v["version"], v["parentVersion"], v["message"]) for v in listed] == [
        (2, 1, ""),
        (1, 0, "first"),
    ]
    assert oldest["data"] == {"id": 1, "title": "Orders", "uid": "orders", "version": 1}
    assert told(missing) == (404, "Dashboard version not found", None)


def test_a_uid_can_not_be_taken_from_another_dashboard(http: httpx2.Client) -> None:
    save(http, "One", uid="one")
    two = save(http, "Two", uid="two").json()["id"]

    assert told(save(http, "Two", id=two, uid="one", overwrite=True)) == (
        400,
        "A dashboard with the same uid already exists",
        None,
    )


def test_folders_are_listed_counted_and_moved_but_not_into_themselves(
    http: httpx2.Client,
) -> None:
    for uid, parent in (("top", ""), ("inner", "top"), ("other", "")):
        made = {"title": uid.title(), "uid": uid} | ({"parentUid": parent} if parent else {})
        http.post("/api/folders", json=made).raise_for_status()
    save(http, "Board", folderUid="inner").raise_for_status()

    root = [each["uid"] for each in http.get("/api/folders").json()]
    below = http.get("/api/folders", params={"parentUid": "top"}).json()
    counted = http.get("/api/folders/top/counts").json()
    circle = http.post("/api/folders/top/move", json={"parentUid": "inner"})
    http.delete("/api/folders/top").raise_for_status()

    assert root == ["other", "top"]
    assert below == [{"id": 2, "uid": "inner", "title": "Inner", "parentUid": "top"}]
    assert counted == {"alertrule": 0, "dashboard": 1, "folder": 1, "librarypanel": 0}
    assert circle.status_code == 400
    assert [each["uid"] for each in http.get("/api/search").json()] == ["other"]


def test_a_folder_s_title_is_its_own_and_never_empty(http: httpx2.Client) -> None:
    http.post("/api/folders", json={"title": "Waqiti", "uid": "waqiti"}).raise_for_status()

    taken = http.post("/api/folders", json={"title": "Waqiti", "uid": "other"})
    empty = http.post("/api/folders", json={"title": " ", "uid": "other"})
    stale = http.put("/api/folders/waqiti", json={"title": "W", "version": 7})

    assert told(taken) == (
        409,
        "a folder with the same name already exists in the current location",
        None,
    )
    assert told(empty) == (400, "folder title cannot be empty", None)
    assert told(stale) == (
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


def test_the_provisioned_prometheus_is_read_only_and_follows_its_address(tmp_path) -> None:
    with started(tmp_path, "--prometheus=http://127.0.0.1:1") as first, first.http() as http:
        before = http.get("/api/datasources/uid/prometheus").json()
        refused = http.delete("/api/datasources/uid/prometheus")
    with started(tmp_path, "--prometheus=http://127.0.0.1:2") as second, second.http() as http:
        after = http.get("/api/datasources").json()

    kept = {"id": 1, "name": "Prometheus", "type": "prometheus", "isDefault": True}
    assert before.items() >= {**kept, "url": "http://127.0.0.1:1", "readOnly": True}.items()
    assert told(refused) == (403, "Cannot delete read-only data source", None)
    assert after == [before | {"url": "http://127.0.0.1:2", "version": 2}]


def test_a_secret_of_a_data_source_is_never_kept(tmp_path) -> None:
    body = {"name": "P", "type": "prometheus", "access": "proxy", "uid": "p"}
    with started(tmp_path) as simulator, simulator.http() as http:
        http.post("/api/datasources", json={**body, "secureJsonData": {"password": "hush-hush"}})
        shown = http.get("/api/datasources/uid/p").json()

    assert shown["secureJsonFields"] == {"password": True}
    assert b"hush-hush" not in (tmp_path / "state.db").read_bytes()
