"""PagerDuty must accept the token, and have everybody whom the escalation pages."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from clients.failures import NoAnswerError
from program.preflight.pagerduty import problems, uncovered
from tests.conftest import stack_settings
from tests.web_answers import answering


@pytest.fixture
def account(monkeypatch):
    monkeypatch.setenv("PAGERDUTY_TOKEN", "a-token")
    with answering() as web:
        web.answers = {
            "/abilities": (200, {"abilities": []}),
            "/schedules/PSONCAL": (200, {"schedule": {}}),
            "/schedules/PSSENIO": (200, {"schedule": {}}),
            "/users/PUMANGR": (200, {"user": {}}),
        }
        yield web


def found(account):
    settings = stack_settings("prod").pagerduty.model_copy(update={"api_url": account.url})
    return list(problems(settings))


def test_nothing_is_missing_if_everybody_exists(account):
    assert found(account) == []
    assert {headers["Authorization"] for _, headers in account.requests} == {"Token token=a-token"}


def test_every_unknown_schedule_and_user_is_reported(account):
    del account.answers["/schedules/PSSENIO"], account.answers["/users/PUMANGR"]

    assert found(account) == [
        f"PagerDuty at {account.url} has no {what}: correct pagerduty.escalation in the stack file"
        for what in ("schedule PSSENIO", "user PUMANGR")
    ]


def shifts(*found):
    entries = [
        {"start": str(start), "end": str(end), "user": {"summary": "Ada"}} for start, end in found
    ]
    return 200, {"schedule": {"final_schedule": {"rendered_schedule_entries": entries}}}


def test_a_gap_in_the_next_28_days_is_reported(account):
    now = datetime.now(UTC).replace(second=0, microsecond=0)
    soon, later, end = (
        now + timedelta(hours=30),
        now + timedelta(hours=36),
        now + timedelta(days=40),
    )
    account.answers["/schedules/PSONCAL"] = shifts((now, soon), (later, end))
    account.answers["/schedules/PSSENIO"] = shifts((now - timedelta(days=1), end))
    settings = stack_settings("prod").pagerduty.model_copy(update={"api_url": account.url})

    (sentence,) = uncovered(settings)
    assert sentence == (
        f"schedule PSONCAL of PagerDuty at {account.url} has nobody on call for 6.0 of the next "
        f"672 hours, first from {soon:%Y-%m-%d %H:%M} to {later:%Y-%m-%d %H:%M} UTC: fill the "
        "schedule, or set pagerduty.uncovered_hours to warn"
    )


def test_an_answer_without_shifts_is_one_sentence(account):
    settings = stack_settings("prod").pagerduty.model_copy(update={"api_url": account.url})

    with pytest.raises(NoAnswerError, match="something else than the shifts of PSONCAL"):
        list(uncovered(settings))


@pytest.mark.parametrize(
    ("stack", "setting", "refuses"),
    [
        ("prod", None, True),
        ("prod", "warn", False),
        ("staging", None, False),
        ("staging", "refuse", True),
    ],
)
def test_prod_refuses_a_gap_unless_it_is_set_to_warn(stack, setting, refuses):
    settings = stack_settings(stack)
    section = settings.pagerduty.model_copy(update={"uncovered_hours": setting})

    assert replace(settings, pagerduty=section).refuses_uncovered_hours is refuses


@pytest.mark.parametrize(
    ("path", "status", "reason"),
    [
        (
            "/abilities",
            401,
            "refuses the token: set PAGERDUTY_TOKEN to a valid REST API token",
        ),
        (
            "/users/PUMANGR",
            403,
            (
                "does not let the token in PAGERDUTY_TOKEN read users/PUMANGR: use a token of the "
                "whole account"
            ),
        ),
        ("/abilities", 503, "answers 503 Service Unavailable"),
    ],
)
def test_another_answer_is_reported_with_its_reason(account, path, status, reason):
    account.answers[path] = (status, "")

    with pytest.raises(NoAnswerError) as refused:
        found(account)

    assert str(refused.value) == f"PagerDuty at {account.url} {reason}"


def test_the_regions_have_their_own_addresses():
    from clients.pagerduty import PagerDuty  # noqa: PLC0415 - unused by the other tests

    assert [PagerDuty(None, region).address for region in (None, "us", "eu")] == [
        "https://api.pagerduty.com",
        "https://api.pagerduty.com",
        "https://api.eu.pagerduty.com",
    ]
