"""Paging declares a service, its escalation by delays, and a secret key."""

from typing import Any, cast

import pytest

from components import InvalidArgumentsError, Paging, PagingArgs

ARGS: dict[str, Any] = {
    "description": "Alerts of a test.",
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
    args: Any = ARGS | changes
    return deploy(lambda: Paging("paging", args))


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
def test_the_delays_add_up_to_the_start_times(deploy, starts, last, delays):
    levels = [{"start_minutes": start, "schedule": "PSONCAL"} for start in starts]

    plan = declared(deploy, escalation=levels, last_level_minutes=last)

    (policy,) = plan.of_type("pagerduty:index/escalationPolicy:EscalationPolicy").values()
    assert [rule["escalationDelayInMinutes"] for rule in policy["rules"]] == delays


@pytest.mark.parametrize(("minutes", "timeout"), [(None, "null"), (240, "14400")])
def test_the_service_has_the_requested_acknowledgement_and_auto_resolve_timeouts(
    deploy, minutes, timeout
):
    plan = declared(deploy, auto_resolve_minutes=minutes)

    assert plan.of_type("pagerduty:index/service:Service") == {
        "paging-service": {
            "name": "Waqiti Staging",
            "description": "Alerts of a test.",
            "escalationPolicy": "paging-escalation-id",
            "acknowledgementTimeout": "1800",
            "autoResolveTimeout": timeout,
            "incidentUrgencyRule": {"type": "constant", "urgency": "high"},
        }
    }


@pytest.mark.parametrize(("generation", "numbers"), [(1, [1]), (2, [1, 2]), (7, [6, 7])])
def test_the_key_of_the_generation_before_stays_beside_the_current_one(deploy, generation, numbers):
    plan = declared(deploy, key_generation=generation)

    assert plan.of_type("pagerduty:index/serviceIntegration:ServiceIntegration") == {
        f"paging-events-{number}": {
            "name": f"Events API v2 ({number})",
            "service": "paging-service-id",
            "type": "events_api_v2_inbound_integration",
        }
        for number in numbers
    }


def test_the_preview_shows_the_escalation_and_levels_with_one_person(deploy, monkeypatch):
    messages = []
    monkeypatch.setattr("pulumi.log.info", lambda message, _: messages.append(message))

    declared(deploy)

    alone = "level 3 is one person: nobody is paged at this level while that person is away"
    assert messages == [
        (
            "Waqiti Staging: minute 0: schedule PSONCAL (passes on after 15); minute 15: schedule "
            "PSSENIO (passes on after 15); minute 30: user PUMANGR (passes on after 15); the "
            "escalation is repeated 2 times"
        ),
        f"Waqiti Staging: {alone}: use a schedule",
    ]


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        (
            {"escalation": []},
            "escalation: starts at minutes []: start at 0, then at rising minutes",
        ),
        (
            {"escalation": [{"start_minutes": 0, "schedule": "P1", "user": "P2"}]},
            "escalation[0]: pass either a schedule or a user",
        ),
        ({"loops": 10}, "loops: 10: pass 0 to 9"),
        ({"last_level_minutes": 0}, "last_level_minutes: 0: pass at least 1"),
        (
            {"service_name": "a/b"},
            (
                "service_name: 'a/b': is no name for PagerDuty: use 1 to 100 characters, none of "
                "\\ / & < >, and no space at an end"
            ),
        ),
        ({"loops": "2"}, "loops: '2' is not a whole number: pass a whole number"),
        ({"urgency": "low"}, "urgency: unknown argument: remove it or correct its name"),
    ],
)
def test_a_wrong_argument_is_refused_with_its_remedy(changes, reason):
    with pytest.raises(InvalidArgumentsError) as refused:
        Paging("paging", cast("PagingArgs", ARGS | changes))

    assert str(refused.value) == f"Paging 'paging' is not declared: {reason}"
