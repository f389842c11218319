"""
The recorded requests of the released plugin get the recorded answers.

`recorded.jsonl` holds the requests of plugin 4.29.9 for services, integrations, policies,
schedules, users, teams and vendors, each with the answer of the server it was recorded against.
`injected` marks answers which that server gave on request; `times`, equal repeats.

One difference: for include[]=teams that server kept references in policies, against the API's
reference and its own services; the simulator answers with the teams.
"""

import itertools
import json
import re
from pathlib import Path
from typing import TypeVar

import httpx2
import pytest

from tests.sandbox.simulators.pagerduty.running import MONDAY, Json

Document = TypeVar("Document")

RECORDED = [
    json.loads(line) for line in Path(__file__).with_name("recorded.jsonl").read_text().splitlines()
]
CASES = {
    case: list(exchanges)
    for case, exchanges in itertools.groupby(RECORDED, key=lambda exchange: exchange["case"])
}


@pytest.mark.parametrize("case", sorted(CASES))
def test_the_released_plugins_requests_are_answered_as_recorded(
    case: str, http: httpx2.Client
) -> None:
    replay = Replay(http)

    for exchange in CASES[case]:
        for _ in range(exchange.get("times", 1)):
            assert replay.answered(exchange) == replay.recorded(exchange)


def _comparable(exchange: Json, status: int, body: object) -> Json:
    if isinstance(body, dict) and exchange.get("query", {}).get("include[]") == ["teams"]:
        for policy in body.get("escalation_policies", []):
            policy["teams"] = [team["id"] for team in policy["teams"]]
    return {"status": status, "body": body}


class Replay:
    """Translates ids, keys, links and times between the recording and the simulator."""

    def __init__(self, http: httpx2.Client) -> None:
        self._http = http
        self._ours: dict[str, str] = {}

    def answered(self, exchange: Json) -> Json:
        if exchange.get("injected"):
            fault = {"status": exchange["status"], "body": exchange["response"]}
            fault["headers"] = exchange.get("headers", {})
            self._http.post("/sandbox/faults", json=fault).raise_for_status()
        answer = self._http.request(
            exchange["method"],
            self._into_ours(exchange["path"]),
            params=self._into_ours(exchange.get("query", {})),
            json=self._into_ours(exchange.get("body")),
        )
        body = _decoded(answer)
        self._learn(exchange.get("response"), body)
        return _comparable(exchange, answer.status_code, self._times_alike(body))

    def recorded(self, exchange: Json) -> Json:
        body = self._into_ours(exchange.get("response"))
        return _comparable(exchange, exchange["status"], self._times_alike(body))

    def _into_ours(self, recorded: Document) -> Document:
        text = json.dumps(recorded).replace('"NOW"', f'"{MONDAY}"')
        text = re.sub(
            "https://(api|stub).pagerduty.com", str(self._http.base_url).rstrip("/"), text
        )
        for theirs, ours in self._ours.items():
            text = text.replace(theirs, ours)
        translated: Document = json.loads(text)
        return translated

    def _learn(self, recorded: object, answered: object) -> None:
        if isinstance(recorded, dict) and isinstance(answered, dict):
            for key in recorded.keys() & answered.keys():
                if key in ("id", "integration_key") and isinstance(recorded[key], str):
                    # The first mapping of an id stays: a changed id must fail the comparison.
                    self._ours.setdefault(recorded[key], answered[key])
                self._learn(recorded[key], answered[key])
        elif isinstance(recorded, list) and isinstance(answered, list):
            for one, other in zip(recorded, answered, strict=False):
                self._learn(one, other)

    def _times_alike(self, body: Document) -> Document:
        """Ignore minutes and seconds: the recorded clock stood still, ours may advance."""
        within_minutes = MONDAY.replace("0:00Z", r"\d:\d\dZ")
        alike: Document = json.loads(re.sub(within_minutes, MONDAY, json.dumps(body)))
        return alike


def _decoded(answer: httpx2.Response) -> object:
    if answer.headers.get("content-type", "").startswith("application/json"):
        return answer.json()
    return answer.text or None if answer.status_code == 204 else answer.text
