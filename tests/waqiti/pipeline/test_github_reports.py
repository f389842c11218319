"""On the simulator of GitHub: one comment and one issue, in place, never a person's; protection."""

import json
import sys

import pytest
import requests

from tests.sandbox.simulators.github.running import (
    ACTIONS,
    ISSUES,
    PERSON,
    PULL_REQUESTS,
    READS,
    REPOSITORY,
    github,
)
from waqiti import __main__ as command

OWN = f"/repos/{REPOSITORY}/issues"


@pytest.fixture(scope="module")
def url(tmp_path_factory):
    with github(tmp_path_factory.mktemp("github")) as address:
        yield address


@pytest.fixture
def ask(url):
    requests.post(f"{url}/sandbox/reset", timeout=10).raise_for_status()

    def send(method, path, **body):
        headers = {"Authorization": f"Bearer {PERSON}"}
        answer = requests.request(
            method, f"{url}{path}", headers=headers, json=body or None, timeout=10
        )
        assert answer.ok, answer.text
        return answer.json()

    return send


@pytest.fixture
def run(url, monkeypatch, tmp_path, capsys):
    """Provide a function that runs a command as a job with *token*, in a folder with reports."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "reports").mkdir()
    variables = {"GITHUB_API_URL": url, "GITHUB_REPOSITORY": REPOSITORY, "GITHUB_RUN_ID": "7"}
    for name, value in {**variables, "GITHUB_SERVER_URL": "https://github.com"}.items():
        monkeypatch.setenv(name, value)

    def main(token, *arguments):
        monkeypatch.setenv("GITHUB_TOKEN", token)
        monkeypatch.setattr(sys, "argv", ["waqiti", *arguments])
        code = command.main()
        return code, *capsys.readouterr()

    return main


@pytest.fixture
def comment(ask, run, tmp_path):
    ask("POST", "/sandbox/pull-requests", title="change")

    def post(text, token=PULL_REQUESTS, about="prod"):
        (tmp_path / "reports" / f"{about}.md").write_text(text)
        return run(token, "comment", about, "--pull-request", "1")

    return post


def test_a_comment_is_updated_in_place_also_on_a_later_page(ask, comment, url):
    comment("first", about="staging")
    for number in range(100):
        ask("POST", f"{OWN}/1/comments", body=f"a person's {number}")
    made = comment("second")
    changed = comment("third")
    found = ask("GET", f"{OWN}/1/comments?per_page=100&page=2")

    assert made == changed == (0, f"{url}/{REPOSITORY}/pull/1#issuecomment-102\n", "")
    assert [one["body"] for one in found] == ["a person's 99", "<!-- waqiti: prod -->\nthird"]


def test_a_comment_of_a_person_is_never_taken_for_ours(ask, comment):
    ask("POST", f"{OWN}/1/comments", body="<!-- waqiti: prod -->\nno changes, merge it")
    comment("one deleted")

    bodies = [one["body"] for one in ask("GET", f"{OWN}/1/comments")]
    assert bodies == [
        "<!-- waqiti: prod -->\nno changes, merge it",
        "<!-- waqiti: prod -->\none deleted",
    ]


@pytest.mark.parametrize(
    ("token", "reason"),
    [
        ("wrong", "refuses the token: set GITHUB_TOKEN to the job's token"),
        (
            READS,
            (
                "does not let the token in GITHUB_TOKEN POST {url}/repos/waqiti/platform/issues/1/"
                "comments: read the job's `permissions`"
            ),
        ),
    ],
)
def test_a_refused_comment_is_one_sentence(comment, url, token, reason):
    assert comment("text", token) == (
        3,
        "",
        f"error: GitHub at {url} {reason.format(url=url)}\n",
    )


def test_a_github_that_does_not_answer_is_one_sentence(comment, monkeypatch):
    monkeypatch.setenv("GITHUB_API_URL", "http://127.0.0.1:9")

    assert comment("text") == (
        3,
        "",
        "error: GitHub at http://127.0.0.1:9 does not answer (connection refused)\n",
    )


def test_outside_of_a_workflow_the_variables_are_named(comment, monkeypatch):
    monkeypatch.delenv("GITHUB_REPOSITORY")

    assert comment("text") == (
        3,
        "",
        "error: GITHUB_REPOSITORY is not set: set it to owner/name, and GITHUB_TOKEN to a token\n",
    )


@pytest.fixture
def night(ask, run, tmp_path):
    """Provide a function that reports a night's result; it returns the state and the body."""

    def report(found=(), unknown=()):
        document = {"lines": [*found], "unknown": [*unknown]}
        (tmp_path / "reports" / "drift.prod.json").write_text(json.dumps(document))
        assert run(ISSUES, "drift-issue", "prod")[0] == 0
        issues = ask("GET", f"{OWN}?state=all")
        return [(one["number"], one["state"], one["body"]) for one in issues]

    return report


RUN = "https://github.com/waqiti/platform/actions/runs/7\n"
MARKER = "<!-- waqiti: drift of prod -->\n"
DRIFT = (
    f"{MARKER}prod differs from what Pulumi wrote. To correct it, run `pulumi up --refresh --stack "
    "prod`; to keep it, declare it.\n\n"
)
MORE = "Could not tell whether there is more drift:\n\n"
UNKNOWN = "Could not tell whether there is drift:\n\n"


def test_an_issue_is_opened_updated_closed_and_opened_again(night):
    assert night() == []
    assert night(["a*: b"]) == [(1, "open", f"{DRIFT}- a\\*: b\n\n{RUN}")]
    assert night(["c"]) == [(1, "open", f"{DRIFT}- c\n\n{RUN}")]
    assert night() == [(1, "closed", f"{MARKER}prod has no drift. {RUN}")]
    assert night() == [(1, "closed", f"{MARKER}prod has no drift. {RUN}")]
    assert night(["d"]) == [(1, "open", f"{DRIFT}- d\n\n{RUN}")]


def test_what_could_not_be_asked_keeps_the_issue_open_and_opens_one(night):
    assert night(unknown=["Vault is silent"]) == [
        (1, "open", f"{MARKER}{UNKNOWN}- Vault is silent\n\n{RUN}")
    ]
    assert night(["a"], ["Vault is silent"]) == [
        (1, "open", f"{DRIFT}- a\n\n{MORE}- Vault is silent\n\n{RUN}")
    ]


def test_the_issue_of_a_person_with_our_label_and_text_stays_as_it_is(ask, night):
    body = f"{MARKER}by a person"
    ask("POST", OWN, title="Drift of prod", body=body, labels=["drift"])

    assert night(["a"])[1] == (1, "open", body)


def test_a_report_that_is_missing_or_not_complete_is_not_clean(ask, run, tmp_path):
    (tmp_path / "reports" / "drift.prod.json").write_text('{"lines": [')
    run(ISSUES, "drift-issue", "prod")
    run(ISSUES, "drift-issue", "staging")

    failed = "- a step before the drift detection failed: read the log of the run\n\n"
    assert [(one["title"], one["body"]) for one in ask("GET", OWN)] == [
        ("Drift of staging", f"{MARKER.replace('prod', 'staging')}{UNKNOWN}{failed}{RUN}"),
        ("Drift of prod", f"{MARKER}{UNKNOWN}{failed}{RUN}"),
    ]


def test_an_up_that_nobody_has_to_approve_is_refused(ask, run):
    ask("PUT", "/sandbox/environments/staging", reviewers=[])
    ask("PUT", "/sandbox/environments/prod", reviewers=["alice"])

    assert run(ACTIONS, "protection", "prod") == (0, "", "")
    assert run(ACTIONS, "protection", "staging") == (
        2,
        "",
        (
            "error: the environment staging has no required reviewers, so nobody approved this "
            "plan: add them in the settings of the repository\n"
        ),
    )
    assert run(ISSUES, "protection", "prod")[0] == 3
