"""The simulator in its own process, and its clients."""

import ssl
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import pagerduty

from tests.conftest import ROOT
from tests.sandbox.simulators.processes import running

Json = dict[str, Any]

ACCOUNT = ROOT / "sandbox" / "estate" / "pagerduty.yaml"
TOKEN = "a-token-of-the-sandbox"  # noqa: S105 - of a simulator on loopback
REQUESTER = "manager@waqiti.invalid"
FROM = {"From": REQUESTER}
ON_CALL = {"type": "schedule_reference", "id": "PSONCAL"}
SENIOR = {"type": "schedule_reference", "id": "PSSENIO"}
MANAGER = {"type": "user_reference", "id": "PUMANGR"}
RULE = {"escalation_delay_in_minutes": 15, "targets": [ON_CALL]}
MONDAY = "2026-01-05T09:00:00Z"
"""A handoff of the seeded on-call schedule: engineer one goes on call for a week."""

_NO_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
"""Never used; without it each client reads the machine's certificates, which takes 20 ms."""


@dataclass(frozen=True, kw_only=True)
class Simulator:
    url: str
    process: subprocess.Popen[str]

    def http(self, authorization: str | None = f"Token token={TOKEN}") -> httpx2.Client:
        headers = {"Authorization": authorization} if authorization else {}
        return httpx2.Client(base_url=self.url, headers=headers, timeout=10, verify=_NO_TLS)

    def rest(self) -> pagerduty.RestApiV2Client:
        return pagerduty.RestApiV2Client(
            TOKEN,
            default_from=REQUESTER,
            base_url=self._https,
            transport=PlainHttp(verify=_NO_TLS),
        )

    def events(self, routing_key: str) -> pagerduty.EventsApiV2Client:
        return pagerduty.EventsApiV2Client(
            routing_key, base_url=self._https, transport=PlainHttp(verify=_NO_TLS)
        )

    @property
    def _https(self) -> str:
        return self.url.replace("http:", "https:")


class PlainHttp(httpx2.HTTPTransport):
    """Rewrites https to http: the official client requires https, which the simulator lacks."""

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        request.url = request.url.copy_with(scheme="http")
        return super().handle_request(request)


@contextmanager
def started(folder: Path, *options: str) -> Iterator[Simulator]:
    """Run the simulator with its state in *folder*; stop it afterwards if it still runs."""
    (folder / "tokens").write_text(f"{TOKEN}\n")
    files = (f"--token-file={folder / 'tokens'}", f"--account={ACCOUNT}")
    with running("pagerduty", folder, *files, *options) as (url, process):
        yield Simulator(url=url, process=process)


@dataclass(frozen=True, kw_only=True)
class Paging:
    """A service with an integration, created over the REST API."""

    policy: Json
    service: Json
    integration: Json
    events: pagerduty.EventsApiV2Client

    def trigger(self, dedup_key: str = "lag/orders/local", severity: str = "critical") -> str:
        return self.events.trigger(
            "Consumers fall behind", "kafka-1", dedup_key=dedup_key, severity=severity
        )


def paging(
    simulator: Simulator,
    rest: pagerduty.RestApiV2Client,
    targets: list[list[Json]],
    num_loops: int = 2,
    **service: object,
) -> Paging:
    """Create a service that escalates through *targets*, with 15 minutes for each level."""
    rules = [{"escalation_delay_in_minutes": 15, "targets": level} for level in targets]
    policy = {"name": "Ladder", "num_loops": num_loops, "escalation_rules": rules}
    policy = rest.rpost("escalation_policies", json=policy)
    made = {
        "name": "Waqiti Local",
        "escalation_policy": {"id": policy["id"], "type": "escalation_policy_reference"},
        "acknowledgement_timeout": 1800,
        "auto_resolve_timeout": None,
    } | service
    stored = rest.rpost("services", json=made)
    integration = rest.rpost(
        f"services/{stored['id']}/integrations",
        json={"type": "events_api_v2_inbound_integration", "name": "Alertmanager"},
    )
    return Paging(
        policy=policy,
        service=stored,
        integration=integration,
        events=simulator.events(integration["integration_key"]),
    )


def advance(http: httpx2.Client, minutes: float) -> None:
    http.put("/sandbox/clock", json={"advance_seconds": int(minutes * 60)}).raise_for_status()


def paged(http: httpx2.Client) -> list[tuple[int, int, int, str]]:
    """Return (minute, level, loop, user) of each page so far."""
    pages = http.get("/sandbox/pages").raise_for_status().json()["pages"]
    return [(p["minute"], p["level"], p["loop"], p["user"]["id"]) for p in pages]


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
"""The pages of the platform's escalation on that Monday without an acknowledgement."""


def only_incident(http: httpx2.Client) -> Json:
    listed = http.get("/incidents", params={"date_range": "all"}).raise_for_status()
    incidents: list[Json] = listed.json()["incidents"]
    (incident,) = incidents
    return incident


def refused(answer: httpx2.Response) -> tuple[int, list[str]]:
    """Return the status and the messages of an answer to invalid input."""
    error = answer.json()["error"]
    assert (error["code"], error["message"]) == (2001, "Invalid Input Provided")
    return answer.status_code, error["errors"]
