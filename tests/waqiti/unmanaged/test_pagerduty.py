"""Services and policies with the stack's name that nobody declared."""

import pytest

from clients.failures import NoAnswerError
from tests.sandbox.simulators.pagerduty.running import ON_CALL, TOKEN, paging, started
from tests.waqiti.states import provider, resource
from tests.waqiti.unmanaged.stacks import found, stack
from tests.web_answers import answering
from waqiti.unmanaged.pagerduty import unmanaged

OWN = {"service_name": "Waqiti Local"}


def declared(url, service="P1", policy="P2"):
    own = provider("pagerduty", apiUrlOverride=url)
    return stack(
        own,
        resource(own, "pagerduty:index/service:Service", service),
        resource(own, "pagerduty:index/escalationPolicy:EscalationPolicy", policy),
        pagerduty=OWN,
    )


def test_what_nobody_declared_is_named(tmp_path, monkeypatch):
    monkeypatch.setenv("PAGERDUTY_TOKEN", TOKEN)
    with started(tmp_path) as simulator, simulator.rest() as rest:
        made = paging(simulator, rest, [[ON_CALL]])
        rule = {"escalation_delay_in_minutes": 15, "targets": [ON_CALL]}
        copy = rest.rpost(
            "escalation_policies", json={"name": "Waqiti Local (copy)", "escalation_rules": [rule]}
        )
        service = {"id": copy["id"], "type": "escalation_policy_reference"}
        other = rest.rpost(
            "services", json={"name": "Waqiti Local 2", "escalation_policy": service}
        )
        rest.rpost("services", json={"name": "Another company's", "escalation_policy": service})

        own = declared(simulator.url, made.service["id"], made.policy["id"])
        assert found(unmanaged, own) == [
            f"PagerDuty escalation policy Waqiti Local (copy) (id {copy['id']})",
            f"PagerDuty service Waqiti Local 2 (id {other['id']})",
        ]


def test_every_page_is_read():
    query = "query=Waqiti+Local&limit=100"
    things = [{"id": f"P{number}", "name": f"Waqiti Local {number}"} for number in range(1, 102)]
    with answering() as web:
        web.answers = {
            f"/services?{query}&offset=0": (200, {"services": things[:100], "more": True}),
            f"/services?{query}&offset=100": (200, {"services": things[100:], "more": False}),
            "/escalation_policies": (200, {"escalation_policies": [], "more": False}),
        }

        assert len(found(unmanaged, declared(web.url))) == 100


def test_a_refused_token_is_no_result():
    with answering() as web:
        web.answers["/services"] = (401, "")

        with pytest.raises(NoAnswerError, match="refuses the token: set PAGERDUTY_TOKEN"):
            found(unmanaged, declared(web.url))
