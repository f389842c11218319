"""A plan is written for reviewers and for `approved-up`; a failed engine is no plan."""

import io
import json
import subprocess
import sys

import pytest

from tests.waqiti.pipeline.plan.previews import TOPIC, preview, step, urn
from waqiti import __main__ as command
from waqiti.pipeline.plan import Change, Plan, Value
from waqiti.pipeline.planning import reviewed

CHANGED = preview(step("update", TOPIC, "t", {"partitions": 10}, {"partitions": 12}))
DANGEROUS = preview(step("update", TOPIC, "t", {"partitions": 10}, {"partitions": 9}))
REFUSED = preview(errors=("error: Pulumi.prod.yaml is not valid:\n  a: unknown key\n",))


@pytest.fixture
def run(monkeypatch, tmp_path, capsys):
    """Provide a function that runs a command while `pulumi preview` prints *output*."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path / "summary"))

    def main(output, *arguments, fails=False, environment="prod"):
        def pulumi(*words, **_):
            if words[0] == "config":
                return json.dumps({"waqiti:environment": {"value": environment}})
            assert words[:4] == ("preview", "--stack", "prod", "--json")
            if fails:
                raise subprocess.CalledProcessError(
                    255, ["pulumi", "--non-interactive", *words], output
                )
            return output

        monkeypatch.setattr("waqiti.state.pulumi", pulumi)
        monkeypatch.setattr(sys, "argv", ["waqiti", *arguments])
        code = command.main()
        return code, *capsys.readouterr()

    return main


def test_a_plan_is_printed_summarised_and_kept(run, tmp_path):
    code, printed, _ = run(json.dumps(CHANGED), "plan", "prod")

    assert code == 0
    assert printed == f"{(tmp_path / 'reports/prod.md').read_text()}\n"
    assert printed == (tmp_path / "summary").read_text()
    change = Change("update", urn(TOPIC, "t"), [Value("partitions", "10", "12")])
    assert reviewed("prod") == Plan("prod", [change], [])


def test_a_refused_plan_is_kept_and_found_something(run):
    code, printed, _ = run(json.dumps(REFUSED), "plan", "prod", fails=True)

    assert (code, printed) == (
        1,
        "### prod: the preview refuses this\n\n- Pulumi.prod.yaml is not valid: a: unknown key\n\n",
    )
    assert reviewed("prod").refusals == ["Pulumi.prod.yaml is not valid: a: unknown key"]


REFUSAL = (
    f"refused: {urn(TOPIC, 't')}: partitions: 10 → 9: the topic is deleted and created again "
    "without its records"
)
REMEDY = (
    "take each change back, or allow it with its urn, property, reason, approver and expires in "
    "waivers/prod.yaml"
)


def test_a_plan_that_destroys_data_is_refused_by_plan_guard_and_approved_up(run):
    output = json.dumps(DANGEROUS)

    planned = run(output, "plan", "prod")
    guarded = run(output, "guard", "prod")
    applied = run(output, "approved-up", "prod")

    section = f"### The guard of prod\n\n- {REFUSAL}\n- {REMEDY}\n\n"
    assert (planned[0], planned[1].partition("\n\n### ")[2]) == (1, section.removeprefix("### "))
    assert guarded == (1, f"{REFUSAL}\n{REMEDY}\n", "")
    assert (applied[0], applied[1]) == (1, f"\n{section}")


def test_outside_of_prod_it_is_reported_and_passes(run):
    planned = run(json.dumps(DANGEROUS), "plan", "prod", environment="staging")

    assert planned[0] == 0
    assert REFUSAL.replace("refused:", "warning:") in planned[1]


def test_a_waiver_that_nothing_needs_is_an_error_of_the_file(run, tmp_path):
    (tmp_path / "waivers").mkdir()
    (tmp_path / "Pulumi.prod.yaml").touch()
    (tmp_path / "waivers/prod.yaml").write_text(
        f"- {{urn: '{urn(TOPIC, 't')}', property: partitions, reason: a good reason, "
        "approver: Ada, expires: '2999-01-01'}\n"
    )

    assert run(json.dumps(preview()), "plan", "prod") == (
        2,
        "",
        (
            "error: waivers/prod.yaml is not valid:\n  0: the plan has no such change: remove it "
            f"(got partitions of {urn(TOPIC, 't')})\n"
        ),
    )


def test_an_offline_preview_is_read_from_standard_input(run, monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.StringIO(json.dumps(CHANGED)))

    assert run("", "plan", "prod", "--offline")[0] == 0
    assert len(reviewed("prod").changes) == 1


@pytest.mark.parametrize(
    ("output", "reason"),
    [
        ("", "read what it printed"),
        ("error: no such stack\n", "no such stack"),
        (json.dumps(CHANGED), "read what it printed"),
    ],
)
def test_an_engine_that_failed_is_no_plan(run, tmp_path, output, reason):
    code, printed, errors = run(output, "plan", "prod", fails=True)

    assert (code, printed) == (3, "")
    assert errors == f"error: `pulumi preview` failed on prod: {reason}\n"
    assert not (tmp_path / "reports").exists()


@pytest.mark.parametrize("text", [None, "", "{", '{"stack": "prod"}'])
def test_a_plan_that_is_missing_or_not_complete_is_never_applied(run, tmp_path, text):
    (tmp_path / "reports").mkdir()
    if text is not None:
        (tmp_path / "reports/prod.json").write_text(text)

    assert run("", "approved-up", "prod") == (
        3,
        "",
        (
            "error: reports/prod.json is no complete plan: run `make plan STACK=prod`, and have "
            "the plan reviewed\n"
        ),
    )


def test_a_refused_plan_is_never_applied(run):
    run(json.dumps(REFUSED), "plan", "prod", fails=True)

    code, printed, _ = run(json.dumps(preview()), "approved-up", "prod")

    assert code == 1
    assert printed.startswith("### prod: the preview refuses this\n")
