"""An `up` applies the plan that was reviewed, and a failed one names the next command."""

import pytest
import requests

from sandbox.servers import grafana
from tests.engine.workflows.conftest import compare

pytestmark = pytest.mark.minutes(2)

DASHBOARD = "dashboards/waqiti-alerting.json"


def add_work(platform):
    platform.edit(DASHBOARD, "Alert delivery time", "Delivery of alerts")
    platform.edit("Pulumi.staging.yaml", "loops: 2", "loops: 3")


def words(run, job):
    return dict(run.words[job])


def test_the_reviewed_plan_is_applied_and_verified(main):
    add_work(main)

    run = main.run("up.yaml", only=("staging",))

    assert run.jobs == {"plan staging": "success", "up staging": "success"}, run.output
    assert words(run, "up staging") == {
        "make install": "success",
        "make pulumi": "success",
        "make approved-up": "success",
        "make verify": "success",
        "make next-step": "skipped",
    }
    compare("applied.md", run.summary)


def test_another_plan_than_the_reviewed_one_is_refused_and_changes_nothing(main):
    add_work(main)

    def change_after_the_review(job):
        if job == "up staging":
            main.edit("Pulumi.staging.yaml", "loops: 3", "loops: 1")
            main.edit("Pulumi.staging.yaml", "key_generation: 1", "key_generation: 2")
            main.edit(DASHBOARD, "Delivery of alerts", "Alert delivery time")

    before = main.sandbox.state("staging")
    run = main.run("up.yaml", between=change_after_the_review)

    assert run.jobs == {"plan staging": "success", "up staging": "failure", "prod": "skipped"}
    assert words(run, "up staging")["make verify"] == "skipped"
    compare("another-plan.md", run.summary)
    assert main.sandbox.state("staging") == before


def test_an_up_that_fails_half_way_names_what_is_left_and_the_next_command(main):
    add_work(main)
    faults = f"{grafana.url(main.sandbox.world)}/sandbox/faults"
    fault = {"method": "POST", "path": "^/api/dashboards/db$", "status": 412, "times": 5}

    def refuse_dashboards(job):
        if job == "up staging":
            requests.post(faults, json=fault, timeout=10).raise_for_status()

    try:
        run = main.run("up.yaml", between=refuse_dashboards)
    finally:
        requests.delete(faults, timeout=10).raise_for_status()
    continued = main.run("up.yaml", only=("staging",))

    assert run.jobs == {"plan staging": "success", "up staging": "failure", "prod": "skipped"}
    assert words(run, "up staging")["make approved-up"] == "failure", run.output
    compare("half-way.md", run.summary)
    assert continued.jobs == {"plan staging": "success", "up staging": "success"}
    compare("continued.md", continued.summary)
