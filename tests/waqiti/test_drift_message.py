"""One message in Slack: posted once, updated, and silent while nothing changes."""

from datetime import datetime

import pytest

from clients.failures import NoAnswerError
from clients.slack import Slack
from tests.sandbox.simulators.slack.running import BOT, CRITICAL, LESS, MONDAY, USER, started
from waqiti.drift_message import publish
from waqiti.report import Report

CHANNEL = "waqiti-local-critical"
NOW = datetime.fromisoformat(MONDAY).timestamp()
DRIFTED = Report(["partitions is 3, and was <10>"], ["Vault is silent"], ["Kafka topic orders"])
CLEAN = Report([])


@pytest.fixture(scope="module")
def process(tmp_path_factory):
    with started(tmp_path_factory.mktemp("slack")) as simulator:
        yield simulator


@pytest.fixture
def slack(process, monkeypatch):
    process.start_anew()
    monkeypatch.setenv("SLACK_BOT_TOKEN", BOT)
    return process


@pytest.fixture
def send(slack):
    def act(report, stack="prod", channel=CHANNEL, days=0):
        publish(stack, report, Slack(slack.url), channel, NOW + days * 24 * 60 * 60)

    return act


def shown(slack):
    """Return text and whether it was edited of each message of the channel, newest first."""
    channel = slack.channel(CHANNEL)
    messages = slack.api().conversations_history(channel=channel)["messages"]
    return [(message["text"].splitlines(), "edited" in message) for message in messages]


def test_a_drift_is_posted_once(slack, send):
    send(DRIFTED)
    send(DRIFTED, channel=f"#{CHANNEL}")

    ((text, edited),) = shown(slack)
    assert text[0].startswith("Drift of prod (")
    assert text[1:] == [
        "It differs from what Pulumi wrote:",
        "• partitions is 3, and was &lt;10&gt;",
        "No resource of the stack declares these objects:",
        "• Kafka topic orders",
        "Could not tell whether there is more:",
        "• Vault is silent",
    ]
    assert not edited


def test_a_changed_drift_updates_the_message(slack, send):
    send(DRIFTED)
    send(CLEAN)

    ((text, edited),) = shown(slack)
    assert (text[1:], edited) == (["prod has no drift."], True)


def test_a_stack_that_never_drifted_is_silent(slack, send):
    send(CLEAN)

    assert shown(slack) == []


def test_each_stack_has_its_own_message(slack, send):
    send(DRIFTED)
    send(DRIFTED, stack="prod-eu")
    send(CLEAN)

    assert [text[1] for text, _ in shown(slack)] == [
        "It differs from what Pulumi wrote:",
        "prod has no drift.",
    ]


def test_a_message_of_somebody_else_is_left_alone(slack, send):
    slack.official(CRITICAL).send(text="Drift of prod (by hand)")
    slack.api(USER).chat_postMessage(channel=slack.channel(CHANNEL), text="Drift of prod (mine)")
    send(DRIFTED)

    assert [text[0][:16] for text, _ in shown(slack)][1:] == [
        "Drift of prod (m",
        "Drift of prod (b",
    ]
    assert len(shown(slack)) == 3


def test_a_message_of_last_season_is_not_searched_for(slack, send):
    send(DRIFTED)
    send(CLEAN, days=91)
    send(DRIFTED, days=91)

    assert len(shown(slack)) == 2


def test_a_long_list_is_cut(slack, send):
    send(Report([], unmanaged=[f"Kafka topic t{number}" for number in range(25)]))

    ((text, _),) = shown(slack)
    assert text[-1] == "• and 5 more: run `waqiti drift prod`"
    assert len(text) == 23


def test_an_unknown_channel_is_explained(send):
    with pytest.raises(NoAnswerError, match="no channel #elsewhere: correct the name, or invite"):
        send(DRIFTED, channel="elsewhere")


def test_a_token_that_may_not_read_the_history_is_explained(send, monkeypatch):
    monkeypatch.setenv("SLACK_BOT_TOKEN", LESS)

    with pytest.raises(NoAnswerError, match="lacks the scope channels:history"):
        send(DRIFTED)
