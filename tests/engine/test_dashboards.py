"""
The dashboards in Grafana: applied, reformatted, edited by hand, refused, and kept.

Two small dashboards replace the program's own, because the tests compare their content.
"""

import json
import shutil
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import httpx2
import pytest

from sandbox.servers import grafana
from tests.engine.sandboxes import Sandbox

pytestmark = [pytest.mark.minutes(4), pytest.mark.small_sandbox]

BOARDS = Path(__file__).parent / "boards"
ORDERS = json.loads((BOARDS / "orders.json").read_text())


@pytest.fixture
def program(small_program: Path, tmp_path: Path) -> Path:
    """Provide the program with only the two small dashboards."""
    changed = tmp_path / "program"
    shutil.copytree(small_program, changed, symlinks=True)
    shutil.rmtree(changed / "dashboards")
    shutil.copytree(BOARDS, changed / "dashboards")
    return changed


@pytest.fixture
def api(sandbox: Sandbox) -> Iterator[httpx2.Client]:
    token = sandbox.world.credentials["grafana/pulumi"]
    with httpx2.Client(
        base_url=grafana.url(sandbox.world), headers={"Authorization": f"Bearer {token}"}
    ) as client:
        yield client


@pytest.fixture
def up(sandbox: Sandbox, program: Path, api: httpx2.Client) -> Iterator[Callable[..., str]]:
    """Provide a function that applies the two dashboards; remove them after the test."""

    def apply(*arguments: str, **options: Any) -> str:
        flags = ("--yes", "--skip-preview", *arguments)
        return sandbox.pulumi("up", *flags, program=program, **options).stdout

    yield apply
    api.delete("/sandbox/faults").raise_for_status()
    sandbox.up("--refresh")


@pytest.fixture
def applied(up: Callable[..., str], api: httpx2.Client) -> None:
    up()
    assert [each["uid"] for each in api.get("/api/search?type=dash-db").json()] == [
        "orders",
        "payments",
    ]


def read(api: httpx2.Client, uid: str = "orders") -> dict[str, Any]:
    answer: dict[str, Any] = api.get(f"/api/dashboards/uid/{uid}").raise_for_status().json()
    return answer


def save(api: httpx2.Client, model: Mapping[str, object], folder: str = "waqiti") -> None:
    command = {"dashboard": model, "folderUid": folder, "message": "by hand"}
    api.post("/api/dashboards/db", json=command).raise_for_status()


def diagnostics(reported: str) -> str:
    assert "Traceback" not in reported
    return reported.partition("Diagnostics:")[2]


@pytest.mark.usefixtures("applied")
def test_grafana_has_the_folder_and_each_dashboard_as_in_its_file(api):
    board, folder = read(api), api.get("/api/folders/waqiti").json()

    counted = {"id": board["dashboard"]["id"], "version": 1}
    assert (folder["title"], folder["version"]) == ("Waqiti", 1)
    assert board["dashboard"] == ORDERS | counted
    assert board["meta"]["folderUid"] == "waqiti"


@pytest.mark.usefixtures("applied")
def test_a_second_preview_and_formatting_show_no_change(sandbox, program):
    def preview() -> str:
        return sandbox.pulumi("preview", "--refresh", "--expect-no-changes", program=program).stdout

    first = preview()
    file = program / "dashboards" / "orders.json"
    file.write_text(json.dumps({"id": 17, "version": 4} | ORDERS, indent=8, sort_keys=True))
    reformatted = preview()

    for reported in (first, reformatted):
        assert "error:" not in reported, reported
        assert "to update" not in reported


@pytest.mark.usefixtures("applied")
def test_a_changed_panel_is_one_new_version_of_the_same_dashboard(up, api, program):
    file = program / "dashboards" / "orders.json"
    file.write_text(file.read_text().replace("Refused", "Turned down"))
    before = read(api)

    up()

    after = read(api)
    assert after["dashboard"]["panels"][1]["panels"][0]["title"] == "Turned down"
    assert (after["dashboard"]["id"], after["dashboard"]["version"]) == (
        before["dashboard"]["id"],
        2,
    )


@pytest.mark.usefixtures("applied")
def test_an_edit_in_grafana_is_reported_by_panel_and_field_and_corrected(sandbox, up, api):
    clean = sandbox.waqiti("drift")
    model = read(api)["dashboard"]
    model["panels"][0]["fieldConfig"]["defaults"]["unit"] = "short"
    model["panels"][1]["panels"][0]["title"] = "Turned down"
    save(api, model)
    api.delete("/api/dashboards/uid/payments").raise_for_status()

    seen = sandbox.waqiti("drift")
    up("--refresh")
    corrected = sandbox.waqiti("drift")

    assert (clean.returncode, clean.stdout) == (0, "")
    assert (seen.returncode, seen.stdout.splitlines()) == (
        1,
        [
            (
                "dashboard 'Orders', panel 'Orders per second': fieldConfig.defaults.unit is "
                '"short", and was "reqps"'
            ),
            (
                "dashboard 'Orders', row 'Details', panel 'Refused': title is "
                '"Turned down", and was "Refused"'
            ),
            "dashboards-payments: it is gone",
        ],
    )
    assert (corrected.returncode, corrected.stdout) == (0, "")
    assert read(api)["dashboard"]["panels"] == ORDERS["panels"]
    assert read(api, "payments")["dashboard"]["title"] == "Payments"


def test_an_unmanaged_dashboard_with_the_same_title_is_reported_and_not_adopted(up, api):
    save(api, {"title": "Orders", "uid": "by-hand"})

    refused = diagnostics(up())
    theirs = read(api, "by-hand")["dashboard"]
    api.delete("/api/dashboards/uid/by-hand").raise_for_status()
    up()

    assert (
        "dashboards-orders: the folder has an unmanaged dashboard of the same title: rename or "
        "delete it in Grafana, or change the title of this one"
    ) in refused
    assert theirs["version"] == 1
    assert read(api)["dashboard"]["title"] == "Orders"


def test_an_unmanaged_dashboard_with_the_same_uid_is_reported_and_not_overwritten(up, api):
    save(api, {"title": "Mine", "uid": "orders"}, folder="")

    refused = diagnostics(up())
    theirs = read(api)["dashboard"]
    api.delete("/api/dashboards/uid/orders").raise_for_status()

    assert "Grafana has an unmanaged dashboard of this uid: delete it" in refused
    assert theirs["title"] == "Mine"


@pytest.mark.parametrize(
    ("fault", "sentence"),
    [
        (
            {"status": 403},
            (
                "dashboards-orders: the token in GRAFANA_AUTH lacks rights: "
                "give its service account the role Editor"
            ),
        ),
        (
            {"status": 429},
            (
                "dashboards-orders: Grafana still answered 429 after three retries: "
                "run it again in a few minutes"
            ),
        ),
    ],
    ids=lambda value: str(value.get("status")) if isinstance(value, dict) else "",
)
def test_what_grafana_refuses_is_reported_and_the_next_run_completes(
    up, api, program, fault, sentence
):
    (program / "dashboards" / "payments.json").unlink()
    api.post(
        "/sandbox/faults", json=fault | {"method": "POST", "path": "/api/dashboards/db", "times": 4}
    ).raise_for_status()

    refused = diagnostics(up())
    api.delete("/sandbox/faults").raise_for_status()
    up()

    assert sentence in refused
    assert read(api)["dashboard"] == ORDERS | {"id": read(api)["dashboard"]["id"], "version": 1}


def test_a_single_error_is_retried(up, api):
    fault = {"status": 500, "method": "POST", "path": "/api/dashboards/db"}
    api.post("/sandbox/faults", json=fault).raise_for_status()

    reported = up()

    assert "error:" not in reported
    assert read(api)["dashboard"]["version"] == 1


def test_a_grafana_that_does_not_answer_is_reported_and_the_next_run_completes(sandbox, up, api):
    reported = diagnostics(up(grafana={"url": "http://127.0.0.1:9"}))
    up()

    assert "error: Grafana at http://127.0.0.1:9 does not answer (connection refused)" in reported
    assert "nothing was changed" in reported
    assert read(api)["dashboard"]["title"] == "Orders"
    assert sandbox.state().get("pending_operations", []) == []


@pytest.mark.usefixtures("applied")
def test_a_wrong_token_is_never_reported_as_no_drift(sandbox, api):
    api.post("/sandbox/faults", json={"status": 401, "times": 100}).raise_for_status()

    reported = sandbox.waqiti("drift")

    assert reported.returncode == 3
    assert "Invalid API key" in reported.stdout


@pytest.mark.usefixtures("applied")
def test_everything_survives_a_kill(sandbox, api):
    before = [read(api), api.get("/api/folders/waqiti").json()]

    sandbox.kill("grafana")
    sandbox.start()

    assert [read(api), api.get("/api/folders/waqiti").json()] == before


@pytest.mark.usefixtures("applied")
def test_the_token_is_nowhere_in_plain_text(sandbox):
    token = sandbox.world.credentials["grafana/pulumi"]
    files = [path for path in (sandbox.world.folder / "state").rglob("*") if path.is_file()]

    assert files
    assert [path for path in files if token.encode() in path.read_bytes()] == []
