"""
The recorded requests of the released plugin get the recorded answers.

`recorded.jsonl` holds the requests of plugin 0.16.3 for folders, dashboards and search,
and the edits behind its back, each with the answer of the server it was recorded against.
`injected` marks answers which that server gave on request, some only after it had done
what was asked; `times`, equal repeats.
Left out: users, other organisations, data sources, alert rules, and connections that were cut.
"""

import itertools
import json
import re
from pathlib import Path
from typing import TypeVar

import httpx2
import pytest

from tests.sandbox.simulators.grafana.running import Json

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
    uids: dict[str, str] = {}

    for exchange in CASES[case]:
        for _ in range(exchange.get("times", 1)):
            answered = _answered(http, _translated(exchange, uids))
            _learn(uids, exchange["response"], answered["response"])
            recorded = _translated(exchange, uids)
            assert answered == {key: recorded[key] for key in ("status", "response")}


def _answered(http: httpx2.Client, exchange: Json) -> Json:
    request = {
        "method": exchange["method"],
        "url": f"{exchange['path']}?{exchange.get('query', '')}".removesuffix("?"),
        "json": exchange.get("body"),
    }
    if exchange.get("injected"):
        if exchange["injected"] == "after":
            http.request(**request)
        fault = {"status": exchange["status"], "body": exchange["response"]}
        http.post("/sandbox/faults", json=fault).raise_for_status()
    answer = http.request(**request)
    same_time = re.sub(r'(ted"):"20[^"]+"', r'\1:"2025-01-01T00:00:00Z"', answer.text)
    return {"status": answer.status_code, "response": json.loads(same_time)}


def _translated(recorded: Document, uids: dict[str, str]) -> Document:
    text = json.dumps(recorded)
    for theirs, ours in uids.items():
        text = text.replace(theirs, ours)
    translated: Document = json.loads(text)
    return translated


def _learn(uids: dict[str, str], recorded: object, answered: object) -> None:
    """Map a recorded generated uid to the simulator's."""
    if isinstance(recorded, dict) and isinstance(answered, dict):
        for key in recorded.keys() & answered.keys():
            if key == "uid" and re.fullmatch(r"g\d{13}", str(recorded[key])):
                uids.setdefault(recorded[key], answered[key])
            _learn(uids, recorded[key], answered[key])
