"""The users whom an incident pages: by urgency, by schedule, and after changes."""

import httpx2
import pagerduty
import pytest

from tests.sandbox.simulators.pagerduty.running import (
    MANAGER,
    ON_CALL,
    ONE_LOOP,
    SENIOR,
    THREE_LOOPS,
    Json,
    Paging,
    Simulator,
    advance,
    only_incident,
    paged,
    paging,
)


def test_low_urgency_pages_the_first_level_and_does_not_escalate(
    simulator: Simulator, rest: pagerduty.RestApiV2Client, http: httpx2.Client
) -> None:
    low = {"type": "constant", "urgency": "low"}
    made = paging(simulator, rest, [[ON_CALL], [MANAGER]], incident_urgency_rule=low)
    with made.events:
        made.trigger()
    advance(http, 24 * 60)

    assert paged(http) == ONE_LOOP[:1]


@pytest.mark.parametrize(
    ("severity", "urgency"),
    [("critical", "high"), ("error", "high"), ("warning", "low"), ("info", "low")],
)
def test_a_services_urgency_may_follow_the_severity(
    severity: str,
    urgency: str,
    simulator: Simulator,
    rest: pagerduty.RestApiV2Client,
    http: httpx2.Client,
) -> None:
    by_severity = {"type": "constant", "urgency": "severity_based"}
    made = paging(simulator, rest, [[ON_CALL]], incident_urgency_rule=by_severity)
    with made.events:
        made.trigger(severity=severity)

    assert only_incident(http)["urgency"] == urgency


@pytest.mark.parametrize(("zone", "urgency"), [("Etc/UTC", "high"), ("America/Lima", "low")])
def test_a_services_urgency_may_follow_its_support_hours(
    zone: str,
    urgency: str,
    simulator: Simulator,
    rest: pagerduty.RestApiV2Client,
    http: httpx2.Client,
) -> None:
    """The time is Monday 09:00 in UTC, which is 04:00 in Lima."""
    made = paging(
        simulator,
        rest,
        [[ON_CALL]],
        incident_urgency_rule={
            "type": "use_support_hours",
            "during_support_hours": {"type": "constant", "urgency": "high"},
            "outside_support_hours": {"type": "constant", "urgency": "low"},
        },
        support_hours={
            "type": "fixed_time_per_day",
            "time_zone": zone,
            "start_time": "09:00:00",
            "end_time": "17:00:00",
            "days_of_week": [1, 2, 3, 4, 5],
        },
    )
    with made.events:
        made.trigger()

    assert only_incident(http)["urgency"] == urgency


def test_everybody_on_a_level_is_paged_once(
    simulator: Simulator, rest: pagerduty.RestApiV2Client, http: httpx2.Client
) -> None:
    made = paging(simulator, rest, [[MANAGER, SENIOR, MANAGER]], num_loops=0)
    with made.events:
        made.trigger()

    assert paged(http) == [(0, 1, 1, "PUMANGR"), (0, 1, 1, "PUSENR1")]


def gap(rest: pagerduty.RestApiV2Client) -> Json:
    """Provide a schedule that begins in a year: until then nobody is on call."""
    layer = {
        "start": "2027-01-05T09:00:00Z",
        "rotation_virtual_start": "2027-01-05T09:00:00Z",
        "rotation_turn_length_seconds": 86400,
        "users": [{"user": {"id": "PUONCL1", "type": "user_reference"}}],
    }
    schedule = {"name": "Later", "time_zone": "Etc/UTC", "schedule_layers": [layer]}
    made = rest.rpost("schedules", json=schedule)
    return {"type": "schedule_reference", "id": made["id"]}


def test_a_level_with_nobody_on_call_is_skipped(
    simulator: Simulator, rest: pagerduty.RestApiV2Client, http: httpx2.Client
) -> None:
    later = gap(rest)
    made = paging(simulator, rest, [[later], [SENIOR], [later], [MANAGER]], num_loops=0)
    with made.events:
        made.trigger()
    advance(http, 24 * 60)

    assert paged(http) == [(0, 2, 1, "PUSENR1"), (15, 4, 1, "PUMANGR")]


def test_with_nobody_on_call_at_any_level_no_incident_opens(
    simulator: Simulator, rest: pagerduty.RestApiV2Client
) -> None:
    """PagerDuty still accepts the event; see its support page "Why incidents fail to trigger"."""
    made = paging(simulator, rest, [[gap(rest)]])
    with made.events:
        made.trigger()

    assert rest.list_all("incidents") == []


def test_a_handoff_changes_who_is_paged(ladder: Paging, http: httpx2.Client) -> None:
    """The incident opens half an hour before the week of engineer two begins."""
    advance(http, 7 * 24 * 60 - 30)
    ladder.trigger()
    advance(http, 46)

    assert paged(http) == [*ONE_LOOP, (45, 1, 2, "PUONCL2")]


def test_a_later_change_of_the_schedule_does_not_change_who_was_paged(
    ladder: Paging, rest: pagerduty.RestApiV2Client, http: httpx2.Client
) -> None:
    ladder.trigger()
    schedule = rest.rget("schedules/PSONCAL")
    schedule["schedule_layers"][0]["users"] = [{"user": MANAGER}]
    rest.rput("schedules/PSONCAL", json=schedule)
    advance(http, 46)

    assert paged(http) == [*ONE_LOOP, (45, 1, 2, "PUMANGR")]


def test_an_open_incident_follows_the_policy_it_was_opened_under(
    ladder: Paging, rest: pagerduty.RestApiV2Client, http: httpx2.Client
) -> None:
    ladder.trigger()
    rule = {"escalation_delay_in_minutes": 1, "targets": [MANAGER]}
    rest.rput(
        f"escalation_policies/{ladder.policy['id']}",
        json={"num_loops": 0, "escalation_rules": [rule]},
    )
    advance(http, 24 * 60)

    assert paged(http) == THREE_LOOPS


def test_nobody_is_paged_for_a_deleted_service(
    ladder: Paging, rest: pagerduty.RestApiV2Client, http: httpx2.Client
) -> None:
    ladder.trigger()
    rest.rdelete(f"services/{ladder.service['id']}")
    advance(http, 24 * 60)

    assert paged(http) == ONE_LOOP[:1]
