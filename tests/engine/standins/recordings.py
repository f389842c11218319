"""
The recordings of the released plugins, by case: they are the contract of the stand-ins.

The cases of the used types are kept beside the tests, so that a clone needs no other source.
"""

import json
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias
from urllib.parse import parse_qs

import yaml

Json: TypeAlias = Any
Fields: TypeAlias = dict[str, Json]

KEPT = Path(__file__).parent / "recordings"
REFUSED: Fields = yaml.safe_load((Path(__file__).parent / "refused.yaml").read_text())
ORIGINAL = Path(os.environ.get("WAQITI_VECTORS", Path(__file__).parents[3] / "../shared/vectors"))

# Grafana's recording is of 0.16.3; 2.44.0 behaves the same in all used cases (docs/adr/0016).
VERSIONS = {"grafana": "2.44.0", "pagerduty": "4.29.9", "vault": "7.7.0"}
WITHOUT_LOGS = ("grafana",)  # its recorder kept no logs

# The headers of a request that are compared.
NOTED = {
    "grafana": ("x-grafana-org-id", "grafana-terraform-provider"),
    "pagerduty": ("authorization", "user-agent"),
    "vault": ("x-vault-request", "x-vault-namespace"),
}

# The types that the program uses.
_TYPES = {
    "grafana": ("grafana:oss/dashboard:Dashboard", "grafana:oss/folder:Folder"),
    "pagerduty": (
        "pagerduty:index/escalationPolicy:EscalationPolicy",
        "pagerduty:index/service:Service",
        "pagerduty:index/serviceIntegration:ServiceIntegration",
    ),
    "vault": (
        "vault:index/policy:Policy",
        "vault:kubernetes/authBackendRole:AuthBackendRole",
        "vault:kv/secretV2:SecretV2",
    ),
}
_OF_PROVIDER = ("check_config", "diff_config")
# It stands for a step that is left out, so that later steps keep their numbers.
_NONE: Fields = {"verb": "http", "question": {"save": None}, "answer": {}}
_TOKEN = re.compile(r"s\.\w{24}")


@dataclass(frozen=True, kw_only=True)
class Call:
    """One request of the plugin, and the server's answer."""

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
    """One call, its answer, and what the plugin logged meanwhile."""

    verb: str
    question: Fields
    answer: Fields
    logs: Sequence[Fields] = ()


@dataclass(frozen=True, kw_only=True)
class Case:
    """The life cycle of a resource, as calls to one plugin."""

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
        if (_is_used(case) or case["name"].startswith("cfg_"))
        and not _only_invokes(case)
        and not _depends_on_refused(package, asked, case)
    ]
    return "".join(f"{line}\n" for line in lines)


def _is_used(case: Fields) -> bool:
    return case["type"] in _TYPES[case["type"].partition(":")[0]]


def _only_invokes(case: Fields) -> bool:
    """Report whether a case has only invokes, which the program does not use."""
    return str(case["name"]).startswith("invoke-")


def _depends_on_refused(package: str, asked: Fields, case: Fields) -> bool:
    """Whether the provider, or the resource at the server, has something that is refused."""
    refused = _refused_steps(case)
    return _mentions(asked.get("config", {}), REFUSED["options"][package]) or any(
        step["step"] in ("create", "update")
        and not step["question"].get("preview")
        and "error" not in step["answer"]
        for number, step in enumerate(case["steps"])
        if number in refused
    )


def _refused_steps(case: Fields) -> set[int]:
    """Return the numbers of the steps that ask for what is refused, or use inputs that do."""
    options = REFUSED["options"][case["type"].partition(":")[0]]
    inputs = [*_refused_inputs(case), *REFUSED["integration_types"]]
    numbers, checked = set(), False
    for number, step in enumerate(case["steps"]):
        if step["step"] in _OF_PROVIDER:
            refused = _mentions(step["question"], options)
        else:
            if step["step"] == "check":
                checked = _mentions(step["question"], inputs)
            refused = checked and step["step"] in ("check", "diff", "create", "update")
        if refused:
            numbers.add(number)
    return numbers


def _refused_inputs(case: Fields) -> Sequence[str]:
    inputs: Sequence[str] = REFUSED["inputs"].get(case["type"], ())
    return inputs


def _mentions(question: Fields, names: Sequence[str]) -> bool:
    text = json.dumps(question)
    return any(f'"{name}"' in text for name in names)


def _line(asked: Fields, case: Fields, config: Fields, answers: Fields, calls: list[Fields]) -> str:
    """Return the line of a case; for an unused type, only the calls to the provider itself."""
    used, refused = _is_used(case), _refused_steps(case)
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
                _step(step, _refused_inputs(case)) if number not in refused else _NONE
                for number, step in enumerate(case["steps"])
                if used or step["step"] in _OF_PROVIDER
            ],
            "calls": [
                call for call in calls if (used and call["step"] not in refused) or call["step"] < 0
            ],
        },
        separators=(",", ":"),
    )
    return _without_tokens(text)


def _without_tokens(text: str) -> str:
    """Replace the tokens of the temporary servers by numbers, for secret scanners."""
    for number, token in enumerate(dict.fromkeys(_TOKEN.findall(text))):
        text = text.replace(token, f"made-token-{number}")
    return text


def _load(name: str) -> Fields:
    loaded: Fields = json.loads((ORIGINAL / name).read_text())
    return loaded


def _step(step: Fields, refused: Sequence[str]) -> Fields:
    """Return a step without the recorder's own requests, unless a later call needs the answer."""
    own, saved = step["step"] == "http", step["question"].get("save")
    if own:
        return _NONE | {"question": {"save": saved}, "answer": step["answer"] if saved else {}}
    answer = step["answer"] if step["step"] in _OF_PROVIDER else _without(step["answer"], refused)
    kept = {"verb": step["step"], "question": step["question"], "answer": answer}
    return kept | ({"logs": step["logs"]} if "logs" in step else {})


def _without(answer: Json, names: Sequence[str]) -> Json:
    """Leave out properties by name, wherever the bridge lists them, and what is empty then."""
    if isinstance(answer, list):
        return [_without(one, names) for one in answer if one not in names]
    if not isinstance(answer, dict):
        return answer
    left = {key: _without(value, names) for key, value in answer.items() if key not in names}
    return {key: value for key, value in left.items() if value or key == "obj" or not answer[key]}


def _calls(package: str) -> dict[str, list[Fields]]:
    """Sort the plugin's requests by case."""
    sorted_calls: dict[str, list[Fields]] = {}
    for line in _lines(f"{package}.http.jsonl"):
        if "mark" not in line and not _by_test(line):
            call = _call(line, NOTED[package])
            sorted_calls.setdefault(line["case"], []).append(call)
    return sorted_calls


def _by_test(line: Fields) -> bool:
    """Report whether a request is an edit that bypasses the plugin."""
    agent = line.get("headers", {}).get("User-Agent", "")
    return line.get("by") == "test" or str(agent).startswith("Python-urllib")


def _lines(name: str) -> Iterator[Fields]:
    yield from map(json.loads, (ORIGINAL / name).read_text().splitlines())


def _call(line: Fields, headers: Sequence[str]) -> Fields:
    """Convert the different formats of the recorders to one; drop empty values."""
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
