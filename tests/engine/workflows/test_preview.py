"""A pull request: its comments, its refusals, and what a fork may see."""

import json

import pytest

from sandbox.servers import openbao
from tests.engine.workflows.conftest import compare

pytestmark = pytest.mark.minutes(2)


def change_something(platform):
    """Change a dashboard, an escalation, and the generation of a key, which is a secret."""
    platform.edit("dashboards/waqiti-alerting.json", "Alert delivery time", "Delivery of alerts")
    platform.edit("Pulumi.staging.yaml", "loops: 2", "loops: 3")
    platform.edit("Pulumi.staging.yaml", "key_generation: 1", "key_generation: 2")
    platform.edit("tests/golden/plan.prod.yaml", "Who is paged", "Whom we page")


def secrets(world):
    """Return every secret that a job could show."""
    key = openbao.administrator(world).secrets.kv.v2.read_secret_version(
        "alerting/pagerduty", mount_point="secret", raise_on_deleted_version=True
    )
    return [*world.credentials.values(), *key["data"]["data"].values()]


def test_a_pull_request_has_one_comment_for_each_stack_that_is_updated_in_place(platform):
    unchanged = platform.run("preview.yaml")
    first = platform.comments()
    change_something(platform)
    changed = platform.run("preview.yaml", outcomes={("checks", "make fast"): "failure"})
    second = platform.comments()

    assert unchanged.jobs == {
        "checks": "success",
        "pictures": "success",
        "fork": "skipped",
        "plan staging": "success",
        "plan prod": "success",
        "comment": "success",
    }, unchanged.output
    assert changed.jobs == unchanged.jobs | {"checks": "failure"}
    assert [one["id"] for one in second] == [one["id"] for one in first]
    assert len(first) == 3
    compare("unchanged.md", "\n".join(one["body"] for one in first))
    compare("changed.md", "\n".join(one["body"] for one in second))
    reported = unchanged.output + changed.output + changed.summary + json.dumps(second)
    assert [one for one in secrets(platform.sandbox.world) if one in reported] == []


def test_a_refused_change_is_explained_in_the_comment(platform):
    platform.edit("Pulumi.staging.yaml", "key_generation: 1", "key_generation: 0")
    platform.edit("Pulumi.staging.yaml", "loops: 2", "loops: many")

    run = platform.run("preview.yaml", only=("checks", "plan", "comment"))

    assert run.jobs["plan staging"] == "failure"
    assert run.jobs["plan prod"] == "success"
    assert run.jobs["comment"] == "success"
    compare("refused.md", platform.comments()[0]["body"])
    assert "Traceback" not in run.output


def test_the_comment_of_an_earlier_commit_does_not_stay_if_no_plan_could_be_made(platform):
    earlier = platform.comment("<!-- waqiti: staging -->\n**staging**: no changes\n")

    failed = {(f"plan {stack}", "make pulumi"): "failure" for stack in ("staging", "prod")}
    run = platform.run("preview.yaml", only=("plan", "comment"), outcomes=failed)
    now = platform.comments()[0]

    assert run.jobs == {"plan staging": "failure", "plan prod": "failure", "comment": "success"}
    assert (now["id"], now["body"]) == (
        earlier["id"],
        (
            "<!-- waqiti: staging -->\n### staging: no report\n\n"
            "A step before it failed: https://github.com/waqiti/platform/actions/runs/1\n"
        ),
    )


def test_a_fork_gets_an_offline_preview_in_the_summary_and_nothing_else(platform):
    platform.is_fork = True
    change_something(platform)

    run = platform.run("preview.yaml")

    assert run.jobs == {
        "checks": "success",
        "pictures": "success",
        "fork staging": "success",
        "fork prod": "success",
        "plan": "skipped",
        "comment": "skipped",
    }, run.output
    assert platform.comments() == []
    compare("fork.md", run.summary)
    allowed = {"PATH", "HOME", "LANG", "XDG_CACHE_HOME", "GITHUB_API_URL", "GITHUB_REPOSITORY"}
    allowed |= {"GITHUB_SERVER_URL", "GITHUB_RUN_ID"}
    assert [sorted(one.keys() - allowed) for one in platform.seen] == [[]] * 4
