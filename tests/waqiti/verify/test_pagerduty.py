"""A PagerDuty service that pages nobody is reported."""

import pytest

from clients.failures import NoAnswerError
from tests.waqiti.states import provider, resource, state
from tests.web_answers import answering
from waqiti.verify.pagerduty import differences

WINDOWS = "/maintenance_windows?filter=ongoing&service_ids%5B%5D=P1"


@pytest.fixture
def account(monkeypatch):
    monkeypatch.setenv("PAGERDUTY_TOKEN", "a-token")
    with answering() as web:
        yield web


def found(account, status):
    own = provider("pagerduty", apiUrlOverride=account.url)
    if status:
        account.answers["/services/P1"] = (200, {"service": {"status": status}})
    outputs = {"name": "Waqiti Production"}
    service = resource(own, "pagerduty:index/service:Service", "P1", outputs=outputs)
    return list(differences(state(own, service)))


@pytest.mark.parametrize("status", ["active", "warning", "critical"])
def test_a_service_that_pages_does_not_differ(account, status):
    assert found(account, status) == []


@pytest.mark.parametrize(
    ("status", "sentence"),
    [
        ("disabled", "is disabled, and nobody is paged: enable it in PagerDuty"),
        (
            "maintenance",
            (
                "is in maintenance until 2026-01-05T11:00:00Z, and nobody is paged: end it in "
                "PagerDuty"
            ),
        ),
        (None, "is gone, and nobody is paged: run `pulumi up --refresh`"),
    ],
)
def test_a_service_that_pages_nobody_is_reported(account, status, sentence):
    ends = ("2026-01-05T10:00:00Z", "2026-01-05T11:00:00Z")
    account.answers[WINDOWS] = (200, {"maintenance_windows": [{"end_time": end} for end in ends]})

    assert found(account, status) == [f"PagerDuty service 'Waqiti Production' {sentence}"]


def test_a_refused_token_is_no_result(account):
    account.answers["/services/P1"] = (401, "")

    with pytest.raises(NoAnswerError, match="refuses the token: set PAGERDUTY_TOKEN"):
        found(account, None)
