"""All checks are made, and the systems may take their time."""

import pytest

from clients.failures import NoAnswerError
from waqiti import verify as command
from waqiti.report import Report
from waqiti.verify import verify


@pytest.fixture
def checks(monkeypatch):
    """Replace the checks; provide a function that sets them."""
    monkeypatch.setattr(command, "export", lambda *_: {"deployment": {}})
    monkeypatch.setattr(command, "config", lambda *_: {})
    monkeypatch.setattr(command, "_POLL_SECONDS", 0)

    def use(*functions):
        monkeypatch.setattr(command, "_CHECKS", functions)

    return use


def silent(_):
    yield "found before"
    raise NoAnswerError("Vault does not answer")


def test_every_check_is_made_and_keeps_what_it_found(checks):
    checks(silent, lambda _: ["one differs"])

    assert verify("prod") == Report(["found before", "one differs"], ["Vault does not answer"])


def test_an_unexpected_answer_is_no_result(checks):
    def odd(_):
        raise KeyError("groups")

    checks(odd, lambda _: ["one differs"])

    assert verify("prod") == Report(
        ["one differs"],
        [
            (
                "test_report: an answer has an unexpected form (KeyError 'groups'), so nothing is "
                "known: compare its version with sandbox/engine/toolchain/programs.yaml"
            )
        ],
    )


def test_what_is_right_in_time_is_no_difference(checks):
    answers = iter([["old"], ["old"], []])
    checks(lambda _: next(answers))

    assert verify("prod", seconds=60) == Report([], [])


def test_what_still_differs_at_the_end_is_reported(checks):
    checks(lambda _: ["old"])

    assert verify("prod", seconds=0) == Report(["old"], [])
