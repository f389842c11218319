"""Paging declares a service, its escalation by delays, and a secret key."""

import pytest

from components import Paging, PagingArgs
from settings import PagerDutySettings

ACCOUNT = {
    "service_region": "us",
    "service_name": "Waqiti Staging",
    "escalation": [
        {"start_minutes": 0, "schedule": "PSONCAL"},
        {"start_minutes": 15, "schedule": "PSSENIO"},
        {"start_minutes": 30, "user": "PUMANGR"},
    ],
    "last_level_minutes": 15,
    "loops": 2,
    "acknowledgement_timeout_minutes": 30,
    "key_generation": 1,
}


def declared(deploy, **changes):
    account = PagerDutySettings.model_validate(ACCOUNT | changes)
    return deploy(lambda: Paging("paging", PagingArgs(account=account)))


def rule(delay, kind, identity):
    target = {"type": f"{kind}_reference", "id": identity}
    return {"escalationDelayInMinutes": delay, "targets": [target]}


def test_start_times_become_the_delays_that_pagerduty_takes(deploy):
    plan = declared(deploy)

    assert plan.of_type("pagerduty:index/escalationPolicy:EscalationPolicy") == {
        "paging-escalation": {
            "name": "Waqiti Staging",
            "description": "Who is paged for Waqiti Staging, and when.",
            "numLoops": 2,
            "rules": [
                rule(15, "schedule", "PSONCAL"),
                rule(15, "schedule", "PSSENIO"),
                rule(15, "user", "PUMANGR"),
            ],
        }
    }


@pytest.mark.parametrize(
    ("starts", "last", "delays"),
    [([0], 15, [15]), ([0, 5], 10, [5, 10]), ([0, 1, 61], 3, [1, 60, 3])],
)
def test_the_sums_of_the_delays_are_the_start_times(deploy, starts, last, delays):
    levels = [{"start_minutes": start, "schedule": "PSONCAL"} for start in starts]

    plan = declared(deploy, escalation=levels, last_level_minutes=last)

    (policy,) = plan.of_type("pagerduty:index/escalationPolicy:EscalationPolicy").values()
    assert [rule["escalationDelayInMinutes"] for rule in policy["rules"]] == delays


@pytest.mark.parametrize(("minutes", "timeout"), [(None, "null"), (240, "14400")])
def test_the_service_rests_acknowledged_and_closes_itself_as_asked(deploy, minutes, timeout):
    plan = declared(deploy, auto_resolve_minutes=minutes)

    assert plan.of_type("pagerduty:index/service:Service") == {
        "paging-service": {
            "name": "Waqiti Staging",
            "description": "Alerts of the Waqiti payment platform.",
            "escalationPolicy": "paging-escalation-id",
            "acknowledgementTimeout": "1800",
            "autoResolveTimeout": timeout,
            "incidentUrgencyRule": {"type": "constant", "urgency": "high"},
        }
    }


def test_a_new_generation_of_the_key_is_an_integration_of_its_own(deploy):
    plan = declared(deploy, key_generation=2)

    assert plan.of_type("pagerduty:index/serviceIntegration:ServiceIntegration") == {
        "paging-events-2": {
            "name": "Events API v2 (2)",
            "service": "paging-service-id",
            "type": "events_api_v2_inbound_integration",
        }
    }


def test_the_preview_shows_the_ladder_and_who_is_alone(deploy, monkeypatch):
    told = []
    monkeypatch.setattr("pulumi.log.info", lambda message, _: told.append(message))

    declared(deploy)

    alone = "level 3 is one person: nobody is paged there while that person is away"
    assert told == [
        (
            "Waqiti Staging: minute 0: schedule PSONCAL (passes on after 15); minute 15: schedule "
            "PSSENIO (passes on after 15); minute 30: user PUMANGR (passes on after 15); then 2 "
            "times again"
        ),
        f"Waqiti Staging: {alone}: name a schedule",
    ]
