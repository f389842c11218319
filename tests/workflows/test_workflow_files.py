"""The workflow files: words that exist, pinned actions, and no more rights than needed."""

import re

import yaml

from tests.conftest import ROOT

FILES = sorted((ROOT / ".github/workflows").glob("*.yaml"))
WORKFLOWS = {file.name: yaml.safe_load(file.read_text()) for file in FILES}
GITLAB = yaml.safe_load((ROOT / ".gitlab-ci.yml").read_text())
MAKEFILE = (ROOT / "Makefile").read_text()
TARGETS = set(re.findall(r"^([a-z-]+):(?!=)", MAKEFILE, re.MULTILINE))
WORD = re.compile(r"make( [a-z-]+)+( [A-Z_]+=[a-z-]+)*")
SAME_REPOSITORY = "github.event.pull_request.head.repo.full_name == github.repository"


def jobs():
    return {
        f"{file}: {name}": job
        for file, workflow in WORKFLOWS.items()
        for name, job in workflow["jobs"].items()
    }


def steps():
    return [step for job in jobs().values() for step in job.get("steps", [])]


def gitlab_scripts():
    return [
        line
        for job in GITLAB.values()
        if isinstance(job, dict)
        for key in ("before_script", "script", "after_script")
        for line in job.get(key, [])
    ]


def test_the_three_workflows_and_the_part_that_one_calls_are_there():
    assert list(WORKFLOWS) == ["drift.yaml", "preview.yaml", "up-stack.yaml", "up.yaml"]


def test_each_step_is_one_word_of_the_makefile():
    words = [step["run"] for step in steps() if "run" in step] + gitlab_scripts()
    targets = {one for word in words for one in word.split()[1:] if "=" not in one}

    assert [word for word in words if not WORD.fullmatch(word)] == []
    assert targets - TARGETS == set()


def test_each_action_is_pinned_by_its_commit_with_its_version_in_a_comment():
    used = re.findall(r"uses: (.*)", "".join(file.read_text() for file in FILES))
    pinned = re.compile(r"[\w-]+/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+")
    ours = "./.github/workflows/up-stack.yaml"

    assert [action for action in used if action != ours and not pinned.fullmatch(action)] == []
    assert len({action for action in used if action.startswith("actions/checkout@")}) == 1


def test_a_workflow_gives_no_right_and_each_job_names_its_own():
    rights = {
        name: {right for right, value in job["permissions"].items() if value == "write"}
        for name, job in jobs().items()
    }

    assert {workflow["permissions"] == {} for workflow in WORKFLOWS.values()} == {True}
    assert rights == {
        "drift.yaml: drift": {"id-token"},
        "drift.yaml: issue": {"issues"},
        "preview.yaml: checks": set(),
        "preview.yaml: comment": {"pull-requests"},
        "preview.yaml: fork": set(),
        "preview.yaml: pictures": set(),
        "preview.yaml: plan": {"id-token"},
        "up-stack.yaml: plan": {"id-token"},
        "up-stack.yaml: up": {"id-token"},
        "up.yaml: prod": {"id-token"},
        "up.yaml: staging": {"id-token"},
    }


def test_no_secret_is_named_and_a_fork_reaches_no_job_with_a_right():
    text = "".join(file.read_text() for file in FILES)
    preview = WORKFLOWS["preview.yaml"]["jobs"]

    assert "secrets." not in text
    assert "pull_request_target" not in text
    assert [name for name, job in preview.items() if SAME_REPOSITORY in job.get("if", "")] == [
        "plan",
        "comment",
    ]
    assert [one for one in steps() if "checkout" in one.get("uses", "")] != []
    assert {
        one["with"]["persist-credentials"] for one in steps() if "checkout@" in one.get("uses", "")
    } == {False}


def test_an_up_is_protected_runs_once_for_a_stack_and_prod_follows_staging():
    up = WORKFLOWS["up.yaml"]["jobs"]

    assert WORKFLOWS["up-stack.yaml"]["jobs"]["up"]["environment"] == "${{ inputs.stack }}"
    assert {name: job["concurrency"] for name, job in up.items()} == {
        name: {"group": f"up-{name}", "cancel-in-progress": False} for name in ("staging", "prod")
    }
    assert up["prod"]["needs"] == "staging"


def test_drift_is_detected_every_night():
    # YAML 1.1 reads the key `on` as a boolean.
    (schedule,) = WORKFLOWS["drift.yaml"][True]["schedule"]
    assert re.fullmatch(r"\d+ \d+ \* \* \*", schedule["cron"])


def test_gitlab_runs_the_same_words_for_the_same_stacks_and_roles():
    jobs = {
        name: job
        for name, job in GITLAB.items()
        if isinstance(job, dict) and "VAULT_ROLE" in job.get("variables", {})
    }
    templates = {name: GITLAB[job["extends"]] for name, job in jobs.items()}

    assert {
        name: (jobs[name]["variables"]["VAULT_ROLE"], *template["script"])
        for name, template in templates.items()
    } == {
        f"{job} {stack}": (f"waqiti-{stack}-{role}", *words)
        for stack in ("staging", "prod")
        for job, role, words in (
            ("plan", "plan", ["make plan"]),
            ("up", "up", ["make approved-up", "make verify"]),
            ("next step", "up", ["make next-step"]),
        )
    }
    assert "VAULT_ID_TOKEN" in GITLAB[".stack"]["id_tokens"]
