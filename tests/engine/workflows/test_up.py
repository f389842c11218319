"""An `up` applies the plan that was reviewed, and a failed one names the next command."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import requests
from hvac.exceptions import VaultError

from sandbox.servers import grafana, openbao
from tests.engine.workflows.conftest import compare
from tests.engine.workflows.vault import KUBECONFIG

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
        "make protection": "success",
        "make approved-up": "success",
        "make verify": "success",
        "make next-step": "skipped",
    }
    compare("applied.md", run.summary)


def test_an_up_that_nobody_has_to_approve_is_refused(main):
    add_work(main)
    main.ask("PUT", "/sandbox/environments/staging", json={"reviewers": []})

    run = main.run("up.yaml")

    assert run.jobs == {"plan staging": "success", "up staging": "failure", "prod": "skipped"}
    assert words(run, "up staging")["make protection"] == "failure"
    assert words(run, "up staging")["make approved-up"] == "skipped"
    assert "the environment staging has no required reviewers" in run.output


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

    def refuse_dashboards(job):
        fault: dict[str, Any] = {"method": "POST", "path": "^/api/dashboards/db$", "status": 412}
        if job == "up staging":
            requests.post(faults, json=fault | {"times": 5}, timeout=10).raise_for_status()

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


def login(main, role, protected, *words):
    """Run a command with the credentials of a role, as a job of the environment *protected*."""
    return subprocess.run(
        [sys.executable, "-m", "waqiti", "login", "staging", role, *words],
        cwd=main.checkout,
        env=main.machine("staging", {"id-token": "write"}, protected),
        capture_output=True,
        text=True,
        check=False,
    )


def test_only_a_job_of_the_environment_gets_the_credentials_of_an_up(main):
    refused = login(main, "waqiti-staging-up", "", "printenv", "PAGERDUTY_TOKEN")
    other = login(main, "waqiti-prod-up", "staging", "printenv", "PAGERDUTY_TOKEN")
    done = login(main, "waqiti-staging-up", "staging", "printenv", "PAGERDUTY_TOKEN")

    assert (refused.returncode, refused.stdout) == (other.returncode, other.stdout) == (3, "")
    vault = openbao.url(main.sandbox.world)
    assert refused.stderr.startswith(f"error: Vault at {vault} refuses the role waqiti-staging-up:")
    assert other.stderr.startswith(f"error: Vault at {vault} refuses the role waqiti-prod-up:")
    assert done.stdout.strip() == main.sandbox.world.credentials["pagerduty/pulumi"]


def test_the_login_ends_with_the_command_and_a_kubeconfig_is_a_private_file(main):
    file, token = '"$KUBECONFIG"', '"$VAULT_TOKEN"'
    show = f"stat -c %a {file}; cat {file}; echo; echo {file}; echo {token}"

    done = login(main, "waqiti-staging-up", "staging", "sh", "-c", f"{show}; exit 7")
    mode, text, path, token = done.stdout.split("\n")[:4]

    assert (done.returncode, mode, text) == (7, "600", KUBECONFIG)
    assert not Path(path).exists()
    with pytest.raises(VaultError):
        openbao.administrator(main.sandbox.world).auth.token.lookup(token)
