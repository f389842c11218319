"""One issue for each stack: opened, updated, closed when clean, and open while nobody can tell."""

import pytest
import requests

from sandbox.servers import grafana
from tests.engine.workflows.conftest import compare

pytestmark = pytest.mark.minutes(2)


def rename_folder(world, title):
    url = f"{grafana.url(world)}/api/folders/waqiti"
    headers = {"Authorization": f"Bearer {grafana.SERVER.environment(world)['GRAFANA_AUTH']}"}
    change = {"title": title, "overwrite": True}
    requests.put(url, json=change, headers=headers, timeout=10).raise_for_status()


def test_a_drift_has_one_issue_that_is_updated_and_closed(main):
    world = main.sandbox.world
    rename_folder(world, "Waqiti by hand")
    drifted = main.run("drift.yaml")
    (first,) = main.issues()
    main.sandbox.kill("grafana")
    try:
        blind = main.run("drift.yaml")
    finally:
        main.sandbox.start()
    (second,) = main.issues()
    rename_folder(world, "Waqiti")
    corrected = main.run("drift.yaml")
    (third,) = main.issues()

    assert corrected.result == "success", corrected.output
    assert (drifted.jobs["drift staging"], drifted.jobs["issue staging"]) == ("failure", "success")
    assert blind.jobs["drift staging"] == "failure"
    assert first["number"] == second["number"] == third["number"]
    assert (first["title"], first["labels"]) == ("Drift of staging", [{"name": "drift"}])
    assert [one["state"] for one in (first, second, third)] == ["open", "open", "closed"]
    compare("drift.md", first["body"])
    compare("could-not-tell.md", second["body"])
    compare("no-drift.md", third["body"])


def test_a_job_that_fails_before_the_detection_is_no_clean_night(main):
    failed = {(f"drift {stack}", "make pulumi"): "failure" for stack in ("staging", "prod")}
    main.run("drift.yaml", outcomes=failed)

    assert {one["title"]: one["state"] for one in main.issues()} == {
        "Drift of staging": "open",
        "Drift of prod": "open",
    }
    compare("no-report.md", main.issues()[-1]["body"])
