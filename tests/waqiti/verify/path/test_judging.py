"""An alert that arrived once, where it must, and ended is right; everything else is a problem."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from waqiti.verify.path.alerts import MarkedAlert
from waqiti.verify.path.arrivals import Arrivals, Incident, Message
from waqiti.verify.path.judging import has_begun, has_ended, problems

PAGE = MarkedAlert("Lost", {"severity": "critical", "slack_channel": "compliance"}, {})
NOTE = MarkedAlert("Slow", {"severity": "warning", "slack_channel": "engineering"}, {})
CHANNELS = {"compliance", "critical", "engineering"}
OPENED = Incident("Q1", datetime(2026, 1, 5, tzinfo=UTC), "resolved", "high")


def message(channel, *, is_end=False):
    text = "<!channel> Test" if channel == "critical" and not is_end else "Test"
    return Message(channel, 1.0, text, is_end)


def messages(*channels):
    return [message(c, is_end=end) for c in channels for end in (False, True)]


RIGHT = Arrivals([OPENED], messages("compliance", "critical"))


def test_what_must_arrive_is_right():
    assert list(problems(PAGE, RIGHT, CHANNELS)) == []
    assert list(problems(NOTE, Arrivals([], messages("engineering")), CHANNELS)) == []


@pytest.mark.parametrize(
    ("found", "sentence"),
    [
        (replace(RIGHT, incidents=[]), "PagerDuty has 0 incidents instead of 1"),
        (replace(RIGHT, incidents=[OPENED] * 2), "PagerDuty has 2 incidents instead of 1"),
        (
            replace(RIGHT, incidents=[replace(OPENED, urgency="low")]),
            "incident Q1 has low urgency, which never escalates",
        ),
        (
            replace(RIGHT, incidents=[replace(OPENED, status="triggered")]),
            "incident Q1 is triggered after the end of the alert",
        ),
        (
            replace(RIGHT, messages=[*RIGHT.messages, message("critical")]),
            "#critical has 2 messages instead of 1",
        ),
        (
            replace(RIGHT, messages=[*RIGHT.messages, message("engineering")]),
            "#engineering has 1 message instead of 0",
        ),
        (
            replace(RIGHT, messages=RIGHT.messages[:3]),
            "#critical has 0 messages of its end instead of 1",
        ),
        (
            replace(RIGHT, messages=[replace(one, text="Test") for one in RIGHT.messages]),
            "the message in #critical does not notify the whole channel",
        ),
    ],
)
def test_everything_else_is_a_problem(found, sentence):
    assert list(problems(PAGE, found, CHANNELS)) == [sentence]


def test_an_alert_that_must_not_page_and_does_is_a_problem():
    found = Arrivals([OPENED], messages("engineering"))

    assert list(problems(NOTE, found, CHANNELS)) == ["PagerDuty has 1 incident instead of 0"]


def test_waiting_ends_when_everything_is_there():
    begun = Arrivals([replace(OPENED, status="triggered")], [message("compliance")])

    assert not has_begun(PAGE, begun, CHANNELS)
    assert has_begun(PAGE, replace(begun, messages=RIGHT.messages), CHANNELS)
    assert not has_ended(PAGE, replace(begun, messages=RIGHT.messages), CHANNELS)
    assert has_ended(PAGE, RIGHT, CHANNELS)
