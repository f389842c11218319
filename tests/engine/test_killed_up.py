"""An `up` that is killed while a system creates an object is resumed without loss or doubles."""

import pytest
import requests

from sandbox.servers import grafana, pagerduty
from tests.engine.killing import comparable, creating, kill_and_resume

pytestmark = [pytest.mark.minutes(2), pytest.mark.small_sandbox]

EVENTS = r"^/services/[A-Z0-9]+/integrations$"


@pytest.fixture(scope="module")
def undisturbed(sandbox):
    return comparable(sandbox.state())


@pytest.mark.parametrize(
    ("server", "path", "fault"),
    [
        (pagerduty, "^/escalation_policies$", "lose"),
        (pagerduty, "^/services$", "hang"),
        (pagerduty, "^/services$", "lose"),
        (pagerduty, EVENTS, "lose"),
        (grafana, "^/api/folders$", "lose"),
    ],
)
def test_an_up_that_is_killed_before_it_gets_the_answer(sandbox, undisturbed, server, path, fault):
    faults = f"{server.url(sandbox.world)}/sandbox/faults"
    set_fault = {"method": "POST", "path": path, fault: True}

    def reached() -> bool:
        return not requests.get(faults, timeout=10).json()["faults"]

    requests.post(faults, json=set_fault, timeout=10).raise_for_status()
    kill_and_resume(sandbox, undisturbed, reached, after=0.1)


def test_an_up_that_is_killed_while_it_writes_a_secret(sandbox, undisturbed):
    kill_and_resume(sandbox, undisturbed, creating(sandbox, "alerting-secrets-alerting-pagerduty"))
