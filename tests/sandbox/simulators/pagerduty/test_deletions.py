"""REST API v2: deletions."""

import httpx2
import pagerduty

from tests.sandbox.simulators.pagerduty.running import (
    RULE,
    Paging,
    refused,
)


def test_an_object_in_use_is_not_deleted(ladder: Paging, http: httpx2.Client) -> None:
    ladder.trigger()
    http.put(
        f"/escalation_policies/{ladder.policy['id']}",
        json={"escalation_policy": {"teams": [{"id": "PTPLATF"}]}},
    ).raise_for_status()
    paths = {
        f"/escalation_policies/{ladder.policy['id']}": (
            "The escalation policy is being used by one or more services"
        ),
        "/schedules/PSONCAL": (
            "Schedule can't be deleted if it's being used by escalation policies"
        ),
        "/users/PUMANGR": "User is on one or more escalation policies",
        "/users/PUONCL2": "User is on one or more schedules",
        "/teams/PTPLATF": "Team is associated with escalation policies, services or schedules",
    }

    assert {path: refused(http.delete(path)) for path in paths} == {
        path: (400, [error]) for path, error in paths.items()
    }


def test_a_user_with_an_open_incident_is_not_deleted(
    ladder: Paging, rest: pagerduty.RestApiV2Client, http: httpx2.Client
) -> None:
    ann = rest.rpost("users", json={"name": "Ann", "email": "ann@waqiti.invalid"})
    target = {"id": ann["id"], "type": "user_reference"}
    path = f"escalation_policies/{ladder.policy['id']}"
    rest.rput(path, json={"escalation_rules": [RULE | {"targets": [target]}]})
    ladder.trigger()
    rest.rput(path, json={"escalation_rules": [RULE]})
    deleted = refused(http.delete(f"/users/{ann['id']}"))
    ladder.events.resolve("lag/orders/local")

    assert deleted == (400, ["User has assigned incidents"])
    assert http.delete(f"/users/{ann['id']}").status_code == 204


def test_a_team_with_subteams_is_not_deleted(
    rest: pagerduty.RestApiV2Client, http: httpx2.Client
) -> None:
    rest.rpost("teams", json={"name": "Child", "parent": {"id": "PTPLATF"}})

    assert refused(http.delete("/teams/PTPLATF")) == (400, ["Team has subteams"])


def test_a_deleted_user_is_removed_from_teams(
    rest: pagerduty.RestApiV2Client, http: httpx2.Client
) -> None:
    http.delete("/users/PUMANGR").raise_for_status()

    assert "PUMANGR" not in [m["user"]["id"] for m in rest.iter_all("teams/PTPLATF/members")]


def test_only_the_id_of_a_deleted_object_remains(
    ladder: Paging, rest: pagerduty.RestApiV2Client
) -> None:
    ladder.trigger()
    rest.rdelete(f"services/{ladder.service['id']}")
    (incident,) = rest.list_all("incidents")

    assert incident["service"] == {
        "id": ladder.service["id"],
        "type": "service_reference",
        "summary": None,
        "self": None,
        "html_url": None,
    }
