"""The differences between a stand-in and the released plugin, and those that are tolerated."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml

from tests.engine.standins.playback import expected, noted
from tests.engine.standins.recordings import WITHOUT_LOGS, Case, Fields, Json, Step
from tests.engine.standins.replay import CHECK_CONFIG, CONFIGURE, Outcome

_NAMES = {CHECK_CONFIG: "check_config", CONFIGURE: "configure"}


@dataclass(frozen=True, kw_only=True)
class Difference:
    """One part of one answer that differs from the recording."""

    case: str
    step: int | str
    field: str
    recorded: Json
    ours: Json

    def __str__(self) -> str:
        lines = [f"{self.case}, step {self.step}, {self.field}:"]
        for path, recorded, ours in _leaves("", self.recorded, self.ours):
            lines += [
                f"  at {path or 'the top'}",
                f"    recorded {recorded!r}",
                f"    ours     {ours!r}",
            ]
        return "\n".join(lines)


@dataclass(frozen=True, kw_only=True)
class Tolerated:
    """An intended difference: what is answered, logged or sent instead, and the reason."""

    case: str
    step: int | str
    ours: Fields
    reason: str

    def covers(self, found: Difference) -> bool:
        at_this_step = (found.case, found.step) == (self.case, self.step)
        return (
            at_this_step and found.field in self.ours and _same(found.ours, self.ours[found.field])
        )


def tolerated() -> list[Tolerated]:
    rows = yaml.safe_load((Path(__file__).parent / "tolerated.yaml").read_text())
    return [Tolerated(**row) for row in rows]


def differences(case: Case, outcomes: Mapping[int, Outcome]) -> list[Difference]:
    """Compare every whole answer, log and request with the recorded one."""
    steps = {
        CHECK_CONFIG: Step(verb="check_config", question={}, answer=case.check_config),
        CONFIGURE: Step(verb="configure", question={}, answer=case.configure),
        **dict(enumerate(case.steps)),
    }
    found = []
    for number, outcome in outcomes.items():
        step = steps[number]
        requests = [noted(call) for call in expected(case, number)]
        for field, recorded, ours in (
            ("answer", _sorted_failures(step.answer), _sorted_failures(outcome.answer)),
            ("logs", sorted(step.logs, key=str), sorted(outcome.logs, key=str)),
            ("requests", requests, outcome.requests),
        ):
            if field == "logs" and case.package in WITHOUT_LOGS:
                continue
            if not _same(recorded, ours):
                name = _NAMES.get(number, number)
                found.append(
                    Difference(case=case.name, step=name, field=field, recorded=recorded, ours=ours)
                )
    return found


def _same(one: Json, other: Json) -> bool:
    """Compare as text, because in Python False equals 0."""
    return json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)


def _sorted_failures(answer: Fields) -> Fields:
    """Sort failures and log lines, whose order varies."""
    if "failures" not in answer:
        return answer
    return answer | {"failures": sorted(answer["failures"], key=str)}


def _leaves(path: str, recorded: Json, ours: Json) -> Iterator[tuple[str, Json, Json]]:
    """Yield the innermost differences of two values."""
    if isinstance(recorded, dict) and isinstance(ours, dict):
        for key in sorted(recorded.keys() | ours.keys()):
            yield from _leaves(f"{path}.{key}", recorded.get(key, ...), ours.get(key, ...))
    elif isinstance(recorded, list) and isinstance(ours, list) and len(recorded) == len(ours):
        for number, pair in enumerate(zip(recorded, ours, strict=True)):
            yield from _leaves(f"{path}[{number}]", *pair)
    elif recorded is ... or ours is ... or not _same(recorded, ours):
        yield path, recorded, ours
