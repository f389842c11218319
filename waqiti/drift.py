"""
Report the manual changes since the last run of Pulumi.

The engine shows a dashboard as one JSON text. This report names each panel by its title.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from clients.failures import NoAnswerError
from waqiti.report import Report
from waqiti.state import State, digest, export
from waqiti.verify import pagerduty

_DASHBOARD = "grafana:oss/dashboard:Dashboard"
_MODEL = "configJson"
_LONGEST = 60
_NOTHING = object()

Model = Mapping[str, Any]
Panels = Sequence[Model]


def drift(stack: str) -> Report:
    """
    Return a sentence for each property of *stack* that differs from the state of Pulumi.

    A refresh does not see that a PagerDuty service is disabled, so PagerDuty is asked, too. Neither
    the resources nor the state are changed.

    Raises:
        NoAnswerError: PATH has no `pulumi`, or its output is not what this module reads.
        subprocess.CalledProcessError: The refresh failed; standard error has the reason.
    """
    # Without --run-program the refresh uses the Grafana token of the state, which may have expired.
    plan = digest("refresh", "--stack", stack, "--preview-only", "--run-program")
    try:
        lines = sorted(sentence for step in plan["steps"] for sentence in _report(step))
    except (AttributeError, KeyError, TypeError, ValueError):
        raise NoAnswerError(
            "`pulumi refresh` printed something else than a list of steps: use the version of "
            "pulumi that pyproject.toml names"
        ) from None
    try:
        return Report([*lines, *pagerduty.differences(State(export(stack), {}))])
    except NoAnswerError as error:
        return Report(lines, [str(error)])


def edits(left: Model, found: Model) -> Iterator[str]:
    """Yield a sentence for each difference between the dashboards *left* and *found*."""
    title = left.get("title", left.get("uid"))
    for place, path, before, now in differences(left, found):
        where = ", ".join([f"dashboard {title!r}", *place])
        yield f"{where}: {path} is {shown(now)}, and was {shown(before)}"


def _report(step: Mapping[str, Any]) -> Iterator[str]:
    name = step["urn"].rpartition("::")[2]
    if step["op"] == "delete":
        yield f"{name}: it is gone"
    elif step["op"] == "update":
        left, found = step["oldState"], step["newState"]
        for key in step.get("diffReasons") or ():
            before, now = left["outputs"].get(key), found["outputs"].get(key)
            if (left["type"], key) == (_DASHBOARD, _MODEL):
                yield from edits(json.loads(before), json.loads(now))
            else:
                yield f"{name}: {key} is {shown(now)}, and was {shown(before)}"


def differences(
    left: object, found: object, path: str = ""
) -> Iterator[tuple[list[str], str, object, object]]:
    """Yield the innermost differences: the enclosing panels, the path, and both values."""
    if isinstance(left, dict) and isinstance(found, dict):
        for key in sorted(left.keys() | found.keys()):
            before, now = left.get(key, _NOTHING), found.get(key, _NOTHING)
            if key == "panels" and isinstance(before, list) and isinstance(now, list):
                yield from _panels(before, now)
            else:
                yield from differences(before, now, f"{path}.{key}" if path else key)
    elif isinstance(left, list) and isinstance(found, list) and len(left) == len(found):
        for number, pair in enumerate(zip(left, found, strict=True)):
            yield from differences(*pair, f"{path}[{number}]")
    elif left != found:
        yield [], path, left, found


def _panels(left: Panels, found: Panels) -> Iterator[tuple[list[str], str, object, object]]:
    """Compare panels by title; compare the panels without a match in their order."""
    others = list(found)
    pairs: list[tuple[Model, Model | None]] = []
    for panel in left:
        twin = next((o for o in others if o.get("title") == panel.get("title")), None)
        if twin is not None:
            others.remove(twin)
        pairs.append((panel, twin))
    for panel, twin in pairs:
        now = twin if twin is not None else (others.pop(0) if others else None)
        place = [_name(panel)]
        if now is None:
            yield place, "it", "there", _NOTHING
            continue
        for inner, path, before, after in differences(panel, now):
            yield [*place, *inner], path, before, after
    for panel in others:
        yield [_name(panel)], "it", _NOTHING, "there"


def _name(panel: Model) -> str:
    kind = "row" if panel.get("type") == "row" else "panel"
    return f"{kind} {panel.get('title', 'without a title')!r}"


def shown(value: object) -> str:
    """Return *value* as a sentence quotes it."""
    if value is _NOTHING or value is None:
        return "not there"
    text = value if value == "there" else json.dumps(value, ensure_ascii=False, sort_keys=True)
    text = str(text)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
