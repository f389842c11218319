"""
What the released plugins answered and sent, case by case: the contract of the stand-ins.

The cases of the used types are kept beside the tests, so that a clone is complete by itself.
"""

import json
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias
from urllib.parse import parse_qs

Json: TypeAlias = Any
Fields: TypeAlias = dict[str, Json]

KEPT = Path(__file__).parent / "recordings"
ORIGINAL = Path(os.environ.get("WAQITI_VECTORS", Path(__file__).parents[3] / "../shared/vectors"))

# Grafana's recording is of 0.16.3; what is used of it, 2.44.0 does alike (docs/decisions.md).
VERSIONS = {"grafana": "2.44.0", "pagerduty": "4.29.9", "vault": "7.7.0"}
WITHOUT_LOGS = ("grafana",)  # its recorder kept none

# The headers of a request that are compared.
NOTED = {
    "grafana": ("x-grafana-org-id", "x-disable-provenance", "grafana-terraform-provider"),
    "pagerduty": ("authorization", "user-agent"),
    "vault": ("x-vault-request", "x-vault-namespace", "x-extra"),
}

# The types that the program uses, and two more on which the provider's options were recorded.
_TYPES = {
    "grafana": ("grafana:oss/dashboard:Dashboard", "grafana:oss/folder:Folder"),
    "pagerduty": (
        "pagerduty:index/escalationPolicy:EscalationPolicy",
        "pagerduty:index/service:Service",
        "pagerduty:index/serviceIntegration:ServiceIntegration",
    ),
    "vault": ("vault:index/mount:Mount", "vault:index/policy:Policy", "vault:kv/secretV2:SecretV2"),
}
_OF_PROVIDER = ("check_config", "diff_config")
_TOKEN = re.compile(r"s\.\w{24}")


@dataclass(frozen=True, kw_only=True)
class Call:
    """One request of the plugin, and what the server said."""

    step: int
    method: str
    path: str
    headers: Mapping[str, str]
    query: Mapping[str, Sequence[str]] = field(default_factory=dict)
    body: Json = None
    token: str = ""
    status: int = 0
    answer: Json = None
    answer_headers: Mapping[str, str] = field(default_factory=dict)
    cut: bool = False


@dataclass(frozen=True, kw_only=True)
class Step:
    """One question, the answer, and what the plugin logged meanwhile."""

    verb: str
    question: Fields
    answer: Fields
    logs: Sequence[Fields] = ()


@dataclass(frozen=True, kw_only=True)
class Case:
    """A resource's life, asked step by step of one plugin."""

    package: str
    name: str
    type: str
    slow: bool
    config: Fields
    environment: Mapping[str, str]
    own_process: bool
    check_config: Fields
    configure: Fields
    steps: Sequence[Step]
    calls: Sequence[Call]


def kept(package: str) -> list[Case]:
    """Read the cases that are kept beside the tests."""
    lines = (KEPT / f"{package}.jsonl").read_text().splitlines()
    return [_case(package, json.loads(line)) for line in lines]


def _case(package: str, line: Fields) -> Case:
    steps = [Step(**step) for step in line.pop("steps")]
    calls = [Call(**call) for call in line.pop("calls")]
    return Case(package=package, steps=steps, calls=calls, **line)


def chosen(package: str) -> str:
    """Choose the cases to keep from the original recording: one line of JSON per case."""
    questions = _load(f"{package}.cases.json")
    answers = _load(f"{package}.answers.json")
    calls = _calls(package)
    lines = [
        _line(asked, case, questions["config"], answers, calls.get(case["name"], []))
        for asked, case in zip(questions["cases"], answers["cases"], strict=True)
        if (_is_used(case) or case["name"].startswith("cfg_")) and not _only_invokes(case)
    ]
    return "".join(f"{line}\n" for line in lines)


def _is_used(case: Fields) -> bool:
    return case["type"] in _TYPES[case["type"].partition(":")[0]]


def _only_invokes(case: Fields) -> bool:
    """Whether it says nothing that matters here: the program makes no invoke."""
    return str(case["name"]).startswith("invoke-")


def _line(asked: Fields, case: Fields, config: Fields, answers: Fields, calls: list[Fields]) -> str:
    """Of a case on another type only what concerns the provider itself."""
    used = _is_used(case)
    text = json.dumps(
        {
            "name": case["name"],
            "type": case["type"],
            "slow": asked.get("slow", False),
            "config": asked.get("config", config),
            "environment": asked.get("env", {}),
            "own_process": "configure" in case,
            "check_config": case.get("check_config", answers["check_config"]),
            "configure": case.get("configure", answers["configure"]),
            "steps": [
                _step(step) for step in case["steps"] if used or step["step"] in _OF_PROVIDER
            ],
            "calls": [call for call in calls if used or call["step"] < 0],
        },
        separators=(",", ":"),
    )
    return _without_tokens(text)


def _without_tokens(text: str) -> str:
    """Number the tokens of the throw-away servers: no scanner shall stop at them."""
    for number, token in enumerate(dict.fromkeys(_TOKEN.findall(text))):
        text = text.replace(token, f"made-token-{number}")
    return text


def _load(name: str) -> Fields:
    loaded: Fields = json.loads((ORIGINAL / name).read_text())
    return loaded


def _step(step: Fields) -> Fields:
    """Without the recorder's own requests, except for an answer that a later question needs."""
    own, saved = step["step"] == "http", step["question"].get("save")
    kept = {
        "verb": step["step"],
        "question": {"save": saved} if own else step["question"],
        "answer": step["answer"] if saved or not own else {},
    }
    return kept | ({"logs": step["logs"]} if "logs" in step else {})


def _calls(package: str) -> dict[str, list[Fields]]:
    """Sort the plugin's requests by case."""
    sorted_calls: dict[str, list[Fields]] = {}
    for line in _lines(f"{package}.http.jsonl"):
        if "mark" not in line and not _by_test(line):
            call = _call(line, NOTED[package])
            sorted_calls.setdefault(line["case"], []).append(call)
    return sorted_calls


def _by_test(line: Fields) -> bool:
    """Whether it is an edit behind the plugin's back."""
    agent = line.get("headers", {}).get("User-Agent", "")
    return line.get("by") == "test" or str(agent).startswith("Python-urllib")


def _lines(name: str) -> Iterator[Fields]:
    yield from map(json.loads, (ORIGINAL / name).read_text().splitlines())


def _call(line: Fields, headers: Sequence[str]) -> Fields:
    """Use one word for what the recorders called differently, and none for nothing."""
    query, status = line.get("query"), line.get("status")
    call = {
        "step": line["step"],
        "method": line["method"],
        "path": line["path"],
        "headers": {k: v for k, v in line["headers"].items() if k.lower() in headers},
        "query": parse_qs(query) or None if isinstance(query, str) else query,
        "body": line.get("body"),
        "token": line.get("token", line.get("auth")),
        "status": None if status == "cut" else status,
        "answer": line.get("answer", line.get("response")),
        "answer_headers": line.get("answer_headers") or line.get("response_headers"),
        "cut": line.get("cut", status == "cut"),
    }
    return {key: value for key, value in call.items() if value is not None and value is not False}
