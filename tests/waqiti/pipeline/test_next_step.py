"""What a failed `up` says: how far it came, and the next command."""

import subprocess
import sys
from dataclasses import asdict

import pytest

from tests.waqiti.pipeline.plan.previews import urn
from waqiti import __main__ as command
from waqiti.pipeline import next_step, reports
from waqiti.pipeline.plan import Change, Plan

A, B = Change("create", urn("T", "a"), []), Change("update", urn("T", "b"), [])
AGAIN = "run the workflow again: its plan has what is left, to be reviewed"


@pytest.fixture
def said(monkeypatch, tmp_path, capsys):
    """Provide a function that returns the message after an `up` of the changes A and B."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("GITHUB_STEP_SUMMARY", raising=False)
    monkeypatch.setattr(sys, "argv", ["waqiti", "next-step", "prod"])
    reports.write_json("prod.json", asdict(Plan("prod", [A, B])))

    def run(left, pending=(), *, is_started=True):
        def preview(_):
            if left is None:
                raise subprocess.CalledProcessError(255, "pulumi")
            return left

        state = {"deployment": {"pending_operations": [*pending]}}
        monkeypatch.setattr("waqiti.state.export", lambda _: state)
        monkeypatch.setattr(next_step, "preview", preview)
        if is_started:
            reports.write("prod.started", "")
        assert command.main() == 0
        return capsys.readouterr().out

    return run


def test_an_up_that_did_not_start_changed_nothing(said):
    assert said(Plan("prod", [A, B]), is_started=False) == (
        "**prod**: the `up` did not start, and nothing was changed\n\n"
    )


def test_an_up_that_failed_half_way_shows_what_is_left(said):
    assert said(Plan("prod", [A])) == (
        "### prod: the `up` failed half-way: 1 of 2 changes are made\n\n"
        f"Next: correct the cause, which the log of the step names, then {AGAIN}.\n\n"
        "### prod: 1 created\n\n**created** `T` `a`\n\n"
    )


def test_an_up_that_failed_at_once_changed_nothing(said):
    assert said(Plan("prod", [A, B])).startswith("### prod: the `up` failed and changed nothing\n")


def test_an_up_whose_changes_are_all_made_points_to_verify(said):
    assert said(Plan("prod")) == (
        "### prod: every change is made, and a later step failed\n\n"
        "Next: read its log, correct the cause, then `python -m waqiti verify prod`.\n\n"
    )


def test_a_killed_up_is_resumed(said):
    urn = "urn:pulumi:prod::waqiti::pagerduty:index/service:Service::paging-service"
    pending = {"type": "creating", "resource": {"urn": urn}}

    assert said(Plan("prod", [A]), [pending]) == (
        "### prod: the `up` was cut off\n\n- creating `paging-service`\n\n"
        "Next: `pulumi cancel --stack prod`, then `python -m waqiti resume prod`, "
        f"then {AGAIN}.\n\n"
    )


def test_a_lock_that_a_killed_up_left_is_cancelled(said):
    assert "`pulumi cancel --stack prod`" in said(None)
