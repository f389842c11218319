"""Incidents climb the policy's levels on a clock that the tests move."""

import httpx2
import pagerduty
import pytest

from tests.simulators.pagerduty.running import (
    MANAGER,
    ON_CALL,
    SENIOR,
    Json,
    Paging,
    Simulator,
    advance,
    paged,
    paging,
)

ONE_LOOP = [
    (0, 1, 1, "PUONCL1"),
    (15, 2, 1, "PUSENR1"),
    (30, 3, 1, "PUMANGR"),
]
THREE_LOOPS = [
    *ONE_LOOP,
    (45, 1, 2, "PUONCL1"),
    (60, 2, 2, "PUSENR1"),
    (75, 3, 2, "PUMANGR"),
    (90, 1, 3, "PUONCL1"),
    (105, 2, 3, "PUSENR1"),
    (120, 3, 3, "PUMANGR"),
]


def only_incident(rest: pagerduty.RestApiV2Client) -> Json:
    incidents: list[Json] = rest.list_all("incidents", params={"date_range": "all"})
    (incident,) = incidents
    return incident


def test_whoever_is_on_call_is_paged_at_once(ladder: Paging, http: httpx2.Client) -> None:
    ladder.trigger()

    assert paged(http) == ONE_LOOP[:1]


def test_a_level_is_paged_when_the_one_before_it_has_had_its_minutes(
    ladder: Paging, http: httpx2.Client
) -> None:
    ladder.trigger()
    seen = []
    for _ in range(3):
        advance(http, 14)  # with what this test itself takes, still within the level's 15 minutes
        before = len(paged(http))
        advance(http, 1)
        seen.append((before, len(paged(http))))

    assert seen == [(1, 2), (2, 3), (3, 4)]


def test_the_policy_runs_once_and_repeats_as_often_as_its_loops_say(
    ladder: Paging, http: httpx2.Client
) -> None:
    ladder.trigger()
    advance(http, 24 * 60)

    assert paged(http) == THREE_LOOPS


def test_small_steps_of_the_clock_page_the_same_people_as_one_large_one(
    ladder: Paging, http: httpx2.Client
) -> None:
    ladder.trigger()
    for _ in range(30):
        advance(http, 7)
        paged(http)

    assert paged(http) == THREE_LOOPS


def test_nobody_left_to_page_leaves_the_incident_triggered_and_with_the_last_level(
    ladder: Paging, rest: pagerduty.RestApiV2Client, http: httpx2.Client
) -> None:
    ladder.trigger()
    advance(http, 24 * 60)
    incident = only_incident(rest)

    assert incident["status"] == "triggered"
    assert [a["assignee"]["id"] for a in incident["assignments"]] == ["PUMANGR"]
    assert incident["pending_actions"] == []


@pytest.mark.parametrize("num_loops", [0, 1])
def test_fewer_loops_page_fewer_times(
    num_loops: int,
    simulator: Simulator,
    rest: pagerduty.RestApiV2Client,
    http: httpx2.Client,
) -> None:
    made = paging(simulator, rest, [[ON_CALL], [SENIOR], [MANAGER]], num_loops)
    with made.events:
        made.trigger()
    advance(http, 24 * 60)

    assert paged(http) == THREE_LOOPS[: 3 * (num_loops + 1)]


def test_an_acknowledgement_stops_the_ladder(ladder: Paging, http: httpx2.Client) -> None:
    key = ladder.trigger()
    advance(http, 20)
    ladder.events.acknowledge(key)
    advance(http, 29)

    assert paged(http) == ONE_LOOP[:2]


def test_a_resolution_stops_the_ladder(ladder: Paging, http: httpx2.Client) -> None:
    key = ladder.trigger()
    advance(http, 20)
    ladder.events.resolve(key)
    advance(http, 24 * 60)

    assert paged(http) == ONE_LOOP[:2]


def test_an_acknowledgement_that_times_out_pages_its_level_again_and_the_ladder_resumes(
    ladder: Paging, http: httpx2.Client
) -> None:
    """As PagerDuty's support pages say: escalation resumes, it does not begin anew."""
    key = ladder.trigger()
    advance(http, 20)
    ladder.events.acknowledge(key)
    advance(http, 46)

    assert paged(http) == [*ONE_LOOP[:2], (50, 2, 1, "PUSENR1"), (65, 3, 1, "PUMANGR")]


def test_who_acknowledged_is_paged_again_beside_who_is_on_call(
    ladder: Paging, rest: pagerduty.RestApiV2Client, http: httpx2.Client
) -> None:
    ladder.trigger()
    incident = only_incident(rest)
    rest.rput(f"incidents/{incident['id']}", json={"status": "acknowledged"})
    advance(http, 31)

    assert paged(http) == [ONE_LOOP[0], (30, 1, 1, "PUMANGR"), (30, 1, 1, "PUONCL1")]


def test_without_a_timeout_an_acknowledgement_holds(
    simulator: Simulator, rest: pagerduty.RestApiV2Client, http: httpx2.Client
) -> None:
    made = paging(simulator, rest, [[ON_CALL], [MANAGER]], acknowledgement_timeout=None)
    with made.events:
        made.events.acknowledge(made.trigger())
    advance(http, 24 * 60)

    assert paged(http) == ONE_LOOP[:1]


def test_an_incident_left_open_resolves_itself_in_the_services_time(
    simulator: Simulator, rest: pagerduty.RestApiV2Client, http: httpx2.Client
) -> None:
    made = paging(simulator, rest, [[ON_CALL], [SENIOR], [MANAGER]], auto_resolve_timeout=1200)
    with made.events:
        made.trigger()
    advance(http, 24 * 60)

    assert paged(http) == ONE_LOOP[:2]
    assert only_incident(rest)["status"] == "resolved"


def test_low_urgency_pages_the_first_level_and_does_not_climb(
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
    severity: str, urgency: str, simulator: Simulator, rest: pagerduty.RestApiV2Client
) -> None:
    by_severity = {"type": "constant", "urgency": "severity_based"}
    made = paging(simulator, rest, [[ON_CALL]], incident_urgency_rule=by_severity)
    with made.events:
        made.trigger(severity=severity)

    assert only_incident(rest)["urgency"] == urgency


@pytest.mark.parametrize(("zone", "urgency"), [("Etc/UTC", "high"), ("America/Lima", "low")])
def test_a_services_urgency_may_follow_its_support_hours(
    zone: str, urgency: str, simulator: Simulator, rest: pagerduty.RestApiV2Client
) -> None:
    """It is Monday 09:00 in UTC and 04:00 in Lima."""
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

    assert only_incident(rest)["urgency"] == urgency


def test_everybody_on_a_level_is_paged_once(
    simulator: Simulator, rest: pagerduty.RestApiV2Client, http: httpx2.Client
) -> None:
    made = paging(simulator, rest, [[MANAGER, SENIOR, MANAGER]], num_loops=0)
    with made.events:
        made.trigger()

    assert paged(http) == [(0, 1, 1, "PUMANGR"), (0, 1, 1, "PUSENR1")]


def gap(rest: pagerduty.RestApiV2Client) -> Json:
    """A schedule that begins in a year: until then nobody is on call."""
    layer = {
        "start": "2027-01-05T09:00:00Z",
        "rotation_virtual_start": "2027-01-05T09:00:00Z",
        "rotation_turn_length_seconds": 86400,
        "users": [{"user": {"id": "PUONCL1", "type": "user_reference"}}],
    }
    schedule = {"name": "Later", "time_zone": "Etc/UTC", "schedule_layers": [layer]}
    made = rest.rpost("schedules", json=schedule)
    return {"type": "schedule_reference", "id": made["id"]}


def test_a_level_with_nobody_on_call_is_passed_over(
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
    """PagerDuty takes the event all the same; its support page "Why incidents fail to trigger"."""
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
