"""Incidents escalate through the levels of the policy; the tests move the clock."""

import httpx2
import pagerduty
import pytest

from tests.sandbox.simulators.pagerduty.running import (
    MANAGER,
    ON_CALL,
    ONE_LOOP,
    SENIOR,
    THREE_LOOPS,
    Paging,
    Simulator,
    advance,
    only_incident,
    paged,
    paging,
)


def test_the_user_on_call_is_paged_at_once(ladder: Paging, http: httpx2.Client) -> None:
    ladder.trigger()

    assert paged(http) == ONE_LOOP[:1]


def test_a_level_is_paged_after_the_delay_of_the_previous_one(
    ladder: Paging, http: httpx2.Client
) -> None:
    ladder.trigger()
    seen = []
    for _ in range(3):
        advance(http, 14)  # with the duration of the test, still below the level's 15 minutes
        before = len(paged(http))
        advance(http, 1)
        seen.append((before, len(paged(http))))

    assert seen == [(1, 2), (2, 3), (3, 4)]


def test_the_policy_runs_once_and_repeats_num_loops_times(
    ladder: Paging, http: httpx2.Client
) -> None:
    ladder.trigger()
    advance(http, 24 * 60)

    assert paged(http) == THREE_LOOPS


def test_small_steps_of_the_clock_page_the_same_users_as_one_large_step(
    ladder: Paging, http: httpx2.Client
) -> None:
    ladder.trigger()
    for _ in range(30):
        advance(http, 7)
        paged(http)

    assert paged(http) == THREE_LOOPS


def test_after_the_last_loop_the_incident_stays_triggered_and_assigned_to_the_last_level(
    ladder: Paging, http: httpx2.Client
) -> None:
    ladder.trigger()
    advance(http, 24 * 60)
    incident = only_incident(http)

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


def test_an_acknowledgement_stops_the_escalation(ladder: Paging, http: httpx2.Client) -> None:
    key = ladder.trigger()
    advance(http, 20)
    ladder.events.acknowledge(key)
    advance(http, 29)

    assert paged(http) == ONE_LOOP[:2]


def test_a_resolution_stops_the_escalation(ladder: Paging, http: httpx2.Client) -> None:
    key = ladder.trigger()
    advance(http, 20)
    ladder.events.resolve(key)
    advance(http, 24 * 60)

    assert paged(http) == ONE_LOOP[:2]


def test_an_expired_acknowledgement_pages_its_level_again_and_the_escalation_resumes(
    ladder: Paging, http: httpx2.Client
) -> None:
    """PagerDuty's support pages document that the escalation resumes and does not restart."""
    key = ladder.trigger()
    advance(http, 20)
    ladder.events.acknowledge(key)
    advance(http, 46)

    assert paged(http) == [*ONE_LOOP[:2], (50, 2, 1, "PUSENR1"), (65, 3, 1, "PUMANGR")]


def test_the_user_who_acknowledged_and_the_users_on_call_are_paged_again(
    ladder: Paging, rest: pagerduty.RestApiV2Client, http: httpx2.Client
) -> None:
    ladder.trigger()
    incident = only_incident(http)
    rest.rput(f"incidents/{incident['id']}", json={"status": "acknowledged"})
    advance(http, 31)

    assert paged(http) == [ONE_LOOP[0], (30, 1, 1, "PUMANGR"), (30, 1, 1, "PUONCL1")]


def test_without_a_timeout_an_acknowledgement_does_not_expire(
    simulator: Simulator, rest: pagerduty.RestApiV2Client, http: httpx2.Client
) -> None:
    made = paging(simulator, rest, [[ON_CALL], [MANAGER]], acknowledgement_timeout=None)
    with made.events:
        made.events.acknowledge(made.trigger())
    advance(http, 24 * 60)

    assert paged(http) == ONE_LOOP[:1]


def test_an_open_incident_is_resolved_after_the_auto_resolve_timeout(
    simulator: Simulator, rest: pagerduty.RestApiV2Client, http: httpx2.Client
) -> None:
    made = paging(simulator, rest, [[ON_CALL], [SENIOR], [MANAGER]], auto_resolve_timeout=1200)
    with made.events:
        made.trigger()
    advance(http, 24 * 60)

    assert paged(http) == ONE_LOOP[:2]
    assert only_incident(http)["status"] == "resolved"
