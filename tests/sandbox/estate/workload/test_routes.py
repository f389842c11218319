"""The health route in Spring Boot's format, and the control routes."""

import pytest
from starlette.testclient import TestClient

from sandbox.estate.workload.application import application
from sandbox.estate.workload.behaviour import Behaviour, Control, Progress
from sandbox.estate.workload.exposition import Instruments, read_catalog
from sandbox.estate.workload.ledger import OPERATIONS, Ledger, Operation

HEALTHY: dict[str, dict[str, object]] = {
    "late": {"alert_delivery_seconds": None, "audit_seconds": 0, "backup_hours": None},
    "wrong": {
        "requests_percent": 0,
        "sagas_percent": 0,
        "pdfs_percent": 0,
        "circuit_breaker_open": False,
        "down": False,
    },
    "lossy": {"operations_percent": 0},
    "silent": {"metrics": [], "everything": False},
    "rate": {"operations_per_second": 20},
}
PROGRESS = {
    "rounds": 0,
    "operations": 0,
    "records_waiting": 0,
    "records_written": 7,
    "records_read": 0,
}
DOWN = {"down": True}
HEALTH = "/actuator/health"


@pytest.fixture
def ledger(tmp_path):
    return tmp_path / "ledger.sqlite"


@pytest.fixture
def http(ledger):
    instruments = Instruments(read_catalog())
    control = Control(progress=Progress(records_written=7))
    return TestClient(application(control, instruments, ledger))


def put(http, mode, body):
    answer = http.put(f"/sandbox/{mode}", json=body)
    return answer.status_code, answer.json()


def test_it_behaves_normally_by_default(http):
    shown = http.get("/sandbox/behaviour").json()

    assert shown == {"behaviour": HEALTHY, "progress": PROGRESS}


@pytest.mark.parametrize(
    ("mode", "body"),
    [
        ("late", {"alert_delivery_seconds": 8, "audit_seconds": 30, "backup_hours": 27}),
        (
            "wrong",
            {
                "requests_percent": 2,
                "sagas_percent": 5,
                "pdfs_percent": 1.5,
                "circuit_breaker_open": True,
                "down": True,
            },
        ),
        ("lossy", {"operations_percent": 5}),
        ("silent", {"metrics": ["audit_records_total"], "everything": True}),
        ("rate", {"operations_per_second": 100}),
    ],
)
def test_a_mode_is_set_shown_and_reset_and_does_not_affect_others(http, mode, body):
    set_ = put(http, mode, body)
    kept = http.get("/sandbox/behaviour").json()["behaviour"]
    ended = put(http, mode, {})

    assert set_ == (200, {"behaviour": {**HEALTHY, mode: body}, "progress": PROGRESS})
    assert kept == {**HEALTHY, mode: body}
    assert ended[1]["behaviour"] == HEALTHY


def test_a_put_replaces_the_whole_mode(http):
    put(http, "wrong", {"sagas_percent": 5})
    _, shown = put(http, "wrong", {"pdfs_percent": 3})

    assert shown["behaviour"]["wrong"] == {**HEALTHY["wrong"], "pdfs_percent": 3}


def test_a_reset_resets_every_mode(http):
    put(http, "lossy", {"operations_percent": 5})
    put(http, "wrong", DOWN)

    assert http.post("/sandbox/reset").json()["behaviour"] == HEALTHY


@pytest.mark.parametrize(
    ("mode", "body", "errors"),
    [
        (
            "wrong",
            {"sagas_percent": 101, "slowly": True},
            [
                "sagas_percent: Input should be less than or equal to 100",
                "slowly: Extra inputs are not permitted",
            ],
        ),
        (
            "lossy",
            {"operations_percent": -1},
            ["operations_percent: Input should be greater than or equal to 0"],
        ),
        (
            "rate",
            {"operations_per_second": 1001},
            ["operations_per_second: Input should be less than or equal to 1000"],
        ),
        (
            "late",
            {"alert_delivery_seconds": 0},
            ["alert_delivery_seconds: Input should be greater than 0"],
        ),
        (
            "silent",
            {"metrics": ["saga_compensation_rate", "audit_records_total", "any"]},
            ["no metric of catalog/metrics.yaml: any, saga_compensation_rate"],
        ),
    ],
)
def test_a_wrong_body_is_refused_with_every_problem_and_changes_nothing(http, mode, body, errors):
    assert put(http, mode, body) == (400, {"errors": errors})
    assert http.get("/sandbox/behaviour").json()["behaviour"] == HEALTHY


def test_a_body_that_is_no_json_is_refused(http):
    answer = http.put("/sandbox/late", content=b"slowly")

    assert answer.status_code == 400
    assert answer.json()["errors"][0].startswith("Invalid JSON")


def test_a_mode_that_does_not_exist_is_refused(http):
    assert put(http, "angry", {}) == (
        404,
        {"errors": ["no mode angry: late, wrong, lossy, silent, rate"]},
    )


def test_the_defaults_of_the_model_are_those_of_a_healthy_workload():
    assert Behaviour().model_dump(mode="json") == HEALTHY


def test_a_scrape_returns_every_metric_that_is_not_silent(http):
    put(http, "silent", {"metrics": ["audit_records_total"]})
    scrape = http.get("/metrics")

    assert scrape.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    assert "# TYPE encryption_operations_total counter" in scrape.text
    assert "audit_records_total" not in scrape.text


@pytest.mark.parametrize(
    ("path", "up", "down"),
    [
        (
            HEALTH,
            (200, {"status": "UP", "groups": ["liveness", "readiness"]}),
            (503, {"status": "DOWN", "groups": ["liveness", "readiness"]}),
        ),
        (f"{HEALTH}/readiness", (200, {"status": "UP"}), (503, {"status": "OUT_OF_SERVICE"})),
        (f"{HEALTH}/liveness", (200, {"status": "UP"}), (200, {"status": "UP"})),
    ],
)
def test_health_has_the_format_of_spring_boot(http, path, up, down):
    """A service that is down because of another one stays alive: its pod must not be restarted."""
    while_up = http.get(path)
    put(http, "wrong", DOWN)
    while_down = http.get(path)

    assert (while_up.status_code, while_up.json()) == up
    assert (while_down.status_code, while_down.json()) == down
    assert while_up.headers["content-type"] == "application/vnd.spring-boot.actuator.v3+json"


def operation(at):
    return Operation(at=at, kind="encrypt", service="s", key="k")


def test_the_ledger_answers_with_the_ranges_of_a_window(http, ledger):
    book = Ledger(ledger)
    book.enter(operation(at) for at in (100, 110, 500, 120, 130))
    name = book.name
    book.close()

    answer = http.get(OPERATIONS, params={"since": 100, "until": 130})
    assert (answer.status_code, answer.json()) == (
        200,
        {"ledger": name, "kept_since": 0, "ranges": [[1, 2], [4, 4]]},
    )


@pytest.mark.parametrize(
    ("query", "status", "error"),
    [
        ({"since": 1, "until": 2}, 503, "the ledger cannot be read: unable to open database file"),
        ({"since": "x", "until": 2}, 400, "pass since and until: seconds since the epoch"),
        ({"since": 1}, 400, "pass since and until: seconds since the epoch"),
    ],
)
def test_a_ledger_that_cannot_be_read_says_why(http, query, status, error):
    answer = http.get(OPERATIONS, params=query)

    assert (answer.status_code, answer.json()) == (status, {"error": error})
