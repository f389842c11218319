"""Events API v2: accepted and refused events, and their incidents."""

import httpx2
import pagerduty
import pytest

from tests.sandbox.simulators.pagerduty.running import (
    Json,
    Paging,
    Simulator,
    advance,
    paged,
)

PAYLOAD = {"summary": "Consumers fall behind", "source": "kafka-1", "severity": "critical"}


def statuses(rest: pagerduty.RestApiV2Client) -> list[str]:
    return [incident["status"] for incident in rest.list_all("incidents")]


def log(rest: pagerduty.RestApiV2Client) -> list[str]:
    """Return the types of the only incident's log entries, oldest first."""
    (incident,) = rest.list_all("incidents")
    entries = rest.list_all(f"incidents/{incident['id']}/log_entries")
    return [entry["type"].removesuffix("_log_entry") for entry in reversed(entries)]


def event(ladder: Paging, **changes: object) -> Json:
    whole = {
        "routing_key": ladder.integration["integration_key"],
        "event_action": "trigger",
        "dedup_key": "lag/orders/local",
        "payload": PAYLOAD,
    } | changes
    return {key: value for key, value in whole.items() if value is not None}


def test_an_event_is_accepted_with_its_key(ladder: Paging, http: httpx2.Client) -> None:
    answer = http.post("/v2/enqueue", json=event(ladder))

    assert (answer.status_code, answer.json()) == (
        202,
        {"status": "success", "message": "Event processed", "dedup_key": "lag/orders/local"},
    )


def test_an_event_needs_no_token(ladder: Paging, simulator: Simulator) -> None:
    with simulator.http(authorization=None) as http:
        answer = http.post("/v2/enqueue", json=event(ladder))

    assert answer.status_code == 202


def test_an_event_without_a_key_gets_a_new_one(
    ladder: Paging, rest: pagerduty.RestApiV2Client
) -> None:
    keys = [ladder.events.trigger("Consumers fall behind", "kafka-1") for _ in range(2)]

    assert len(set(keys)) == 2
    assert sorted(i["incident_key"] for i in rest.list_all("incidents")) == sorted(keys)


def test_the_key_of_an_integration_is_32_hexadecimal_digits(ladder: Paging) -> None:
    assert len(bytes.fromhex(ladder.integration["integration_key"])) == 16


def test_an_incident_is_triggered_acknowledged_and_resolved_by_events(
    ladder: Paging, rest: pagerduty.RestApiV2Client
) -> None:
    key = ladder.trigger()
    seen = statuses(rest)
    ladder.events.acknowledge(key)
    seen += statuses(rest)
    ladder.events.resolve(key)
    seen += statuses(rest)

    assert seen == ["triggered", "acknowledged", "resolved"]
    assert log(rest) == ["trigger", "assign", "notify", "acknowledge", "resolve"]


def test_a_trigger_for_an_open_incident_is_appended_and_pages_nobody(
    ladder: Paging, rest: pagerduty.RestApiV2Client, http: httpx2.Client
) -> None:
    key = ladder.trigger()
    ladder.trigger()
    ladder.events.acknowledge(key)
    ladder.trigger()

    assert log(rest) == ["trigger", "assign", "notify", "trigger", "acknowledge", "trigger"]
    assert statuses(rest) == ["acknowledged"]
    assert len(paged(http)) == 1


def test_a_repeated_trigger_does_not_delay_the_escalation(
    ladder: Paging, http: httpx2.Client
) -> None:
    ladder.trigger()
    advance(http, 10)
    ladder.trigger()
    advance(http, 5)

    assert [minute for minute, *_ in paged(http)] == [0, 15]


def test_a_trigger_after_the_resolution_opens_another_incident(
    ladder: Paging, rest: pagerduty.RestApiV2Client, http: httpx2.Client
) -> None:
    ladder.events.resolve(ladder.trigger())
    ladder.trigger()

    assert statuses(rest) == ["resolved", "triggered"]
    assert len(paged(http)) == 2


def test_one_key_at_two_integrations_is_two_incidents(
    ladder: Paging, simulator: Simulator, rest: pagerduty.RestApiV2Client
) -> None:
    second = rest.rpost(
        f"services/{ladder.service['id']}/integrations",
        json={"type": "events_api_v2_inbound_integration", "name": "The application"},
    )
    with simulator.events(second["integration_key"]) as events:
        ladder.trigger("same")
        events.trigger("Consumers fall behind", "kafka-1", dedup_key="same")
        events.resolve("same")

    assert statuses(rest) == ["triggered", "resolved"]


def test_the_details_of_an_event_are_in_the_log(
    ladder: Paging, rest: pagerduty.RestApiV2Client
) -> None:
    runbook = {"href": "https://runbooks.invalid/lag", "text": "Runbook"}
    ladder.events.trigger(
        "Consumers fall behind", "kafka-1", custom_details={"group": "orders"}, links=[runbook]
    )
    (incident,) = rest.list_all("incidents")
    entry = rest.list_all(f"incidents/{incident['id']}/log_entries")[-1]

    assert entry["contexts"] == [{"type": "link"} | runbook]
    assert entry["channel"] == {"type": "api", "details": {"group": "orders"}}
    assert entry["event_details"] == {"description": "Consumers fall behind"}


def test_a_second_acknowledgement_changes_nothing(
    ladder: Paging, rest: pagerduty.RestApiV2Client
) -> None:
    key = ladder.trigger()
    ladder.events.acknowledge(key)
    ladder.events.acknowledge(key)

    assert log(rest) == ["trigger", "assign", "notify", "acknowledge"]


@pytest.mark.parametrize("action", ["acknowledge", "resolve"])
def test_an_event_without_an_open_incident_is_accepted_and_changes_nothing(
    action: str, ladder: Paging, rest: pagerduty.RestApiV2Client, http: httpx2.Client
) -> None:
    body = event(ladder, event_action=action, payload=None)

    assert http.post("/v2/enqueue", json=body).status_code == 202
    assert statuses(rest) == []


def test_unknown_keys_of_an_event_are_ignored(ladder: Paging, http: httpx2.Client) -> None:
    body = event(ladder, colour="red", payload=PAYLOAD | {"colour": "red"})

    assert http.post("/v2/enqueue", json=body).status_code == 202


ACTIONS = "must be one of the following: 'trigger', 'acknowledge' or 'resolve'"
SEVERITIES = "must be one of the following: 'critical', 'warning', 'error' or 'info'"


@pytest.mark.parametrize(
    ("changes", "errors"),
    [
        ({"routing_key": None}, ["'routing_key' is missing or blank"]),
        (
            {"routing_key": "abc"},
            ["Length of 'routing_key' is incorrect (should be 32 characters)"],
        ),
        (
            {"routing_key": "e+kd5BWM-NCknhB3XnYg"},
            [
                "Length of 'routing_key' is incorrect (should be 32 characters)",
                "'routing_key' cannot contain non-alphanumeric characters.",
            ],
        ),
        ({"routing_key": "0" * 32}, ["Invalid routing key"]),
        ({"event_action": None}, ["'event_action' is missing or blank"]),
        (
            {"event_action": "page"},
            [f"'event_action' is invalid ({ACTIONS})"],
        ),
        ({"payload": None}, ["'payload' is missing or blank"]),
        ({"dedup_key": None, "event_action": "resolve"}, ["'dedup_key' is missing or blank"]),
        (
            {"payload": {"severity": "Critical"}},
            [
                "'payload.summary' is missing or blank",
                "'payload.source' is missing or blank",
                f"'payload.severity' is invalid ({SEVERITIES})",
            ],
        ),
        ({"payload": PAYLOAD | {"summary": ""}}, ["'payload.summary' is missing or blank"]),
    ],
)
def test_an_invalid_event_is_refused_with_every_problem(
    changes: Json, errors: list[str], ladder: Paging, http: httpx2.Client
) -> None:
    answer = http.post("/v2/enqueue", json=event(ladder, **changes))

    assert (answer.status_code, answer.json()) == (
        400,
        {"status": "invalid event", "message": "Event object is invalid", "errors": errors},
    )


@pytest.mark.parametrize("content", [b"routing_key=x", b"[]", b""])
def test_a_body_that_is_no_json_object_is_refused(content: bytes, http: httpx2.Client) -> None:
    answer = http.post("/v2/enqueue", content=content)

    assert (answer.status_code, answer.json()) == (
        400,
        {
            "status": "Unrecognized object",
            "message": "Event object format is unrecognized",
            "errors": ["JSON parse error"],
        },
    )


def test_the_key_of_a_deleted_integration_is_unknown(
    ladder: Paging, rest: pagerduty.RestApiV2Client, http: httpx2.Client
) -> None:
    rest.rdelete(f"services/{ladder.service['id']}/integrations/{ladder.integration['id']}")

    answer = http.post("/v2/enqueue", json=event(ladder))

    assert answer.json()["errors"] == ["Invalid routing key"]


def test_the_keys_of_a_deleted_service_are_unknown(
    ladder: Paging, rest: pagerduty.RestApiV2Client, http: httpx2.Client
) -> None:
    rest.rdelete(f"services/{ladder.service['id']}")

    answer = http.post("/v2/enqueue", json=event(ladder))

    assert answer.json()["errors"] == ["Invalid routing key"]


def test_the_key_of_an_integration_for_another_api_is_unknown(
    ladder: Paging, rest: pagerduty.RestApiV2Client, http: httpx2.Client
) -> None:
    older = rest.rpost(
        f"services/{ladder.service['id']}/integrations",
        json={"type": "generic_events_api_inbound_integration", "name": "Events API v1"},
    )

    answer = http.post("/v2/enqueue", json=event(ladder, routing_key=older["integration_key"]))

    assert answer.json()["errors"] == ["Invalid routing key"]
