"""The simulator answers as GitHub's API documents say."""

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

FORBIDDEN = (403, "Resource not accessible by integration")
OWN = f"/repos/{REPOSITORY}/issues"


@pytest.fixture(scope="module")
def url(tmp_path_factory):
    with github(tmp_path_factory.mktemp("github")) as address:
        yield address


@pytest.fixture
def ask(url):
    requests.post(f"{url}/sandbox/reset", timeout=10).raise_for_status()

    def send(method, path, token=PERSON, **body):
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        json = body or None
        return requests.request(method, f"{url}{path}", headers=headers, json=json, timeout=10)

    return send


def test_it_names_itself(ask):
    assert ask("GET", OWN).headers["Server"] == "sandbox-github-simulator"


@pytest.mark.parametrize(
    ("method", "path", "token", "body", "answered"),
    [
        ("GET", OWN, None, {}, (401, "Bad credentials")),
        ("GET", OWN, "wrong", {}, (401, "Bad credentials")),
        ("GET", "/repos/a/b/issues", PERSON, {}, (404, "Not Found")),
        ("GET", f"{OWN}/9", PERSON, {}, (404, "Not Found")),
        ("GET", f"{OWN}/9/comments", PERSON, {}, (404, "Not Found")),
        ("GET", f"/repos/{REPOSITORY}/environments/x", ACTIONS, {}, (404, "Not Found")),
        ("GET", f"/repos/{REPOSITORY}/environments/x", ISSUES, {}, FORBIDDEN),
        ("DELETE", OWN, PERSON, {}, (404, "Not Found")),
        ("POST", OWN, PERSON, {"body": "x"}, (422, "Validation Failed")),
        ("POST", OWN, PERSON, {"title": "t", "body": "x" * 65_537}, (422, "Validation Failed")),
        ("POST", OWN, READS, {"title": "t"}, FORBIDDEN),
        (
            "POST",
            OWN,
            PULL_REQUESTS,
            {"title": "t"},
            FORBIDDEN,
        ),
    ],
)
def test_a_refused_request_has_the_documented_answer(ask, method, path, token, body, answered):
    answer = ask(method, path, token, **body)

    assert (answer.status_code, answer.json()["message"]) == answered
    assert answer.json()["status"] == str(answered[0])


def test_an_issue_is_created_listed_by_label_and_state_and_closed(ask):
    ask("POST", OWN, ISSUES, title="first", body="b", labels=["drift"])
    ask("POST", OWN, title="second")
    ask("POST", "/sandbox/pull-requests", title="third")
    closed = ask("PATCH", f"{OWN}/1", ISSUES, state="closed", body="c")

    def titles(query):
        return [one["title"] for one in ask("GET", f"{OWN}?{query}").json()]

    assert (closed.json()["state_reason"], closed.json()["body"]) == ("completed", "c")
    assert closed.json()["user"] == {"login": "github-actions[bot]", "type": "Bot"}
    assert titles("") == ["third", "second"]
    assert titles("state=closed") == ["first"]
    assert titles("state=all&labels=drift") == ["first"]
    assert "pull_request" in ask("GET", f"{OWN}/3").json()
    assert ask("PATCH", f"{OWN}/1", state="gone").status_code == 422


def test_comments_of_a_pull_request_need_its_own_permission(ask):
    ask("POST", "/sandbox/pull-requests", title="change")
    made = ask("POST", f"{OWN}/1/comments", PULL_REQUESTS, body="first")
    changed = ask("PATCH", f"{OWN}/comments/1", PULL_REQUESTS, body="second")

    assert (made.status_code, changed.status_code) == (201, 200)
    assert [one["body"] for one in ask("GET", f"{OWN}/1/comments").json()] == ["second"]
    assert ask("POST", f"{OWN}/1/comments", ISSUES, body="x").status_code == 403
    assert ask("POST", f"{OWN}/1/comments", PULL_REQUESTS, body="").status_code == 422


def test_a_list_has_pages_with_links(ask, url):
    ask("POST", OWN, title="t")
    for number in range(5):
        ask("POST", f"{OWN}/1/comments", body=str(number))

    first = ask("GET", f"{OWN}/1/comments?per_page=2")
    last = requests.get(
        first.links["last"]["url"], headers={"Authorization": f"token {PERSON}"}, timeout=10
    )

    assert [one["body"] for one in first.json()] == ["0", "1"]
    assert first.links["next"]["url"] == f"{url}{OWN}/1/comments?per_page=2&page=2"
    assert [one["body"] for one in last.json()] == ["4"]
    assert sorted(last.links) == ["first", "prev"]


def test_an_environment_has_the_rule_of_its_reviewers(ask):
    ask("PUT", "/sandbox/environments/prod", reviewers=["alice"])
    ask("PUT", "/sandbox/environments/staging", reviewers=[])

    prod, staging = (
        ask("GET", f"/repos/{REPOSITORY}/environments/{name}", ACTIONS).json()["protection_rules"]
        for name in ("prod", "staging")
    )
    assert [rule["type"] for rule in prod] == ["required_reviewers"]
    assert [one["reviewer"]["login"] for one in prod[0]["reviewers"]] == ["alice"]
    assert staging == []
