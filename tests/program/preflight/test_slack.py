"""Slack must accept the token, and the app must have the scopes of the plan."""

from collections.abc import Iterator

import pytest

from clients.failures import NoAnswerError
from program.preflight.slack import problems
from tests.sandbox.simulators.slack.running import BOT, LESS, Simulator, started

NEEDED = ["channels:read", "channels:manage", "groups:write"]
COMMAND = "python -m waqiti grants staging slack"


@pytest.fixture(scope="module")
def slack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Simulator]:
    with started(tmp_path_factory.mktemp("slack")) as simulator:
        yield simulator


def test_a_token_with_the_scopes_suffices(slack, monkeypatch):
    monkeypatch.setenv("SLACK_BOT_TOKEN", BOT)

    assert list(problems(slack.url, NEEDED, COMMAND)) == []


def test_every_scope_that_is_missing_is_reported_at_once(slack, monkeypatch):
    monkeypatch.setenv("SLACK_BOT_TOKEN", LESS)

    (sentence,) = problems(slack.url, NEEDED, COMMAND)

    assert sentence == (
        f"Slack at {slack.url}: the token in SLACK_BOT_TOKEN lacks channels:manage, groups:write: "
        f"give the app the manifest that `{COMMAND}` prints, and install it again"
    )


def test_a_token_that_slack_refuses_is_reported(slack, monkeypatch):
    monkeypatch.delenv("SLACK_BOT_TOKEN", raising=False)

    with pytest.raises(NoAnswerError, match="gets no token: set SLACK_BOT_TOKEN"):
        list(problems(slack.url, NEEDED, COMMAND))
