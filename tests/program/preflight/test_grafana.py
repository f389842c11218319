"""Grafana must answer, and let the token create what the plan has."""

import pytest

from clients.failures import NoAnswerError
from program.preflight.grafana import problems
from tests.web_answers import answering

PERMISSIONS = "/api/access-control/user/permissions"
EDITOR = {"dashboards:create": ["folders:*"], "folders:create": ["folders:*"]}


@pytest.fixture
def grafana(monkeypatch):
    monkeypatch.setenv("GRAFANA_AUTH", "a-token")
    with answering() as web:
        yield web


def test_the_token_of_an_editor_suffices(grafana):
    grafana.answers[PERMISSIONS] = (200, EDITOR)

    assert list(problems(grafana.url)) == []
    assert [headers["Authorization"] for _, headers in grafana.requests] == ["Bearer a-token"]


def test_a_user_and_password_are_sent_as_the_provider_sends_them(grafana, monkeypatch):
    monkeypatch.setenv("GRAFANA_AUTH", "ann:secret")
    grafana.answers[PERMISSIONS] = (200, EDITOR)

    list(problems(grafana.url))

    ((_, headers),) = grafana.requests
    assert headers["Authorization"] == "Basic YW5uOnNlY3JldA=="


def test_the_token_of_a_viewer_is_reported_with_what_it_lacks(grafana):
    grafana.answers[PERMISSIONS] = (200, {"dashboards:read": ["folders:*"]})

    assert list(problems(grafana.url)) == [
        (
            f"Grafana at {grafana.url}: the token in GRAFANA_AUTH lacks dashboards:create, "
            "folders:create: give its service account the role Editor"
        )
    ]


@pytest.mark.parametrize(
    ("status", "document", "reason"),
    [
        (401, {"message": "Invalid API key"}, "refuses the token: set GRAFANA_AUTH to a valid one"),
        (404, {}, f"answers 404 at {PERMISSIONS}: correct grafana.url"),
        (502, "<html>", "answers 502 Bad Gateway"),
        (200, "<html>", "answers something else than JSON"),
    ],
)
def test_another_answer_is_reported_with_its_reason(grafana, status, document, reason):
    grafana.answers[PERMISSIONS] = (status, document)

    with pytest.raises(NoAnswerError) as refused:
        list(problems(grafana.url))

    assert str(refused.value) == f"Grafana at {grafana.url} {reason}"
