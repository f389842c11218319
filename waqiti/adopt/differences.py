"""How what exists differs from what is declared, as a preview shows it."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from waqiti.adopt.plan import Step
from waqiti.differences import differences, shown
from waqiti.matching import OPTIONS, without_numbers
from waqiti.notation import OF_THE_ENGINE, SECRET, value_at

_DASHBOARD = "grafana:oss/dashboard:Dashboard"
_MODEL = "configJson"
_REPLACING = ("replace", "create-replacement", "delete-replaced")


@dataclass(frozen=True)
class Comparison:
    """
    What an `up` would do to a resource after the import.

    Args:
        lines: Each property that differs, with both values.
        notes: What the `up` writes into the state only.
        replaced: Whether the resource would be deleted and created again.
    """

    lines: Sequence[str] = field(default_factory=list)
    notes: Sequence[str] = field(default_factory=list)
    replaced: bool = False


def comparisons(steps: Sequence[Step]) -> dict[str, Comparison]:
    """Return what *steps* would change, by URN."""
    changed: dict[str, Comparison] = {}
    for step in steps:
        if step["op"] in ("update", *_REPLACING):
            replaced = step["op"] in _REPLACING
            # A replacement is several steps, of which some have no difference.
            if (before := changed.get(step["urn"])) is None or not before.lines:
                changed[step["urn"]] = _comparison(step, replaced=replaced)
    return changed


def _comparison(step: Step, *, replaced: bool) -> Comparison:
    existing, declared = step["oldState"], step["newState"]
    lines: list[str] = []
    notes: list[str] = []
    detailed = step.get("detailedDiff") or {key: {} for key in step.get("diffReasons") or ()}
    for path, found in sorted(detailed.items()):
        if path.startswith(OF_THE_ENGINE):
            continue
        source = existing["inputs"] if found.get("inputDiff") else existing["outputs"]
        before, now = value_at(source, path), value_at(declared["inputs"], path)
        if path in OPTIONS:
            notes.append(f"{path}: {shown(now)}, in the state only")
        elif SECRET in (before, now):
            lines.append(f"{path}: a secret, which is written without being compared")
        elif (declared["type"], path) == (_DASHBOARD, _MODEL):
            lines.extend(_model_lines(str(before), str(now)))
        else:
            lines.append(f"{path}: {shown(before)} → {shown(now)}")
    return Comparison(lines, notes, replaced)


def _model_lines(before: str, now: str) -> Iterator[str]:
    found, wanted = (without_numbers(json.loads(text)) for text in (before, now))
    for one in differences(found, wanted):
        yield f"{', '.join([*one.place, one.path])}: {shown(one.before)} → {shown(one.now)}"
