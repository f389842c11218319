"""A plan from the output of `pulumi preview --json`."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from clients.failures import NoAnswerError
from waqiti.differences import ABSENT, Difference, differences
from waqiti.notation import OF_THE_ENGINE, PROVIDER, SECRET, UNKNOWN, errors, value_at
from waqiti.pipeline.plan import OPERATIONS, PROTECT, Change, Plan, Value

_LATER = "(known after the up)"
# A replacement is reported as three steps; a `read` changes nothing.
_PASSED_OVER = ("read", "refresh", "create-replacement", "delete-replaced")


def read_plan(stack: str, preview: Mapping[str, Any]) -> Plan:
    """
    Return the plan of *stack* in *preview*.

    Raises:
        NoAnswerError: The preview is not what this module reads.
    """
    try:
        if refusals := refusals_of(preview):
            return Plan(stack, refusals=refusals)
        changes = [change for step in preview["steps"] for change in _change(step)]
    except (AttributeError, IndexError, KeyError, TypeError, ValueError):
        raise NoAnswerError(
            "`pulumi preview` printed something else than a list of steps: use the version of "
            "pulumi that pyproject.toml names"
        ) from None
    order = list(OPERATIONS)
    return Plan(
        stack, sorted(changes, key=lambda one: (order.index(one.operation), one.kind, one.name))
    )


def refusals_of(preview: Mapping[str, Any]) -> list[str]:
    """Return each error among the diagnostics of *preview* once, one problem in a line."""
    return list(dict.fromkeys(line for error in errors(preview) for line in _problems(error)))


def _problems(message: str) -> Iterator[str]:
    first, *others = [" ".join(line.split()) for line in message.splitlines() if line.strip()]
    first = first.removeprefix("error: ")
    if others and first.endswith(" is not valid:"):
        yield from (f"{first} {other}" for other in others)
    else:
        yield " ".join([first, *others])


def _change(step: Mapping[str, Any]) -> Iterator[Change]:
    operation = step["op"]
    before, now = step.get("oldState") or {}, step.get("newState") or {}
    if operation in _PASSED_OVER or not (now or before).get("custom"):
        return
    protection = _protection(before, now)
    if operation == "same":
        if not protection:
            return
        operation = "update"  # the engine compares inputs only
    if operation not in OPERATIONS:
        raise NoAnswerError(
            f"`pulumi preview` printed the operation {operation!r}, which is not known: use the "
            "version of pulumi that pyproject.toml names"
        )
    left = _inputs(before)
    found = {} if operation == "delete" else _inputs(now)
    values = [_value(one) for one in differences(left, found)] + protection
    listed = {value.path for value in values}
    values += [
        Value(path, SECRET, SECRET)
        for path in step.get("detailedDiff") or ()
        if path not in listed and value_at(left, path) == SECRET == value_at(found, path)
    ]
    change = Change(operation, step["urn"], values)
    if values or not change.kind.startswith(PROVIDER):
        yield change


def _protection(before: Mapping[str, Any], now: Mapping[str, Any]) -> list[Value]:
    if not (before and now):
        return []
    was, becomes = (json.dumps(bool(one.get(PROTECT))) for one in (before, now))
    return [] if was == becomes else [Value(PROTECT, was, becomes)]


def _inputs(state: Mapping[str, Any]) -> object:
    inputs = state.get("inputs") or {}
    if state.get("type", "").startswith(PROVIDER):
        # A provider's credentials come from the environment, so they are no part of a plan.
        inputs = {key: value for key, value in inputs.items() if value != SECRET}
    return _opened(inputs)


def _opened(value: object) -> object:
    """Return *value* without the engine's own keys; a JSON object in a text becomes an object."""
    if isinstance(value, dict):
        kept = {key: one for key, one in value.items() if not key.startswith(OF_THE_ENGINE)}
        return {key: _opened(one) for key, one in kept.items()}
    if isinstance(value, list):
        return [_opened(one) for one in value]
    if isinstance(value, str) and value.startswith("{"):
        try:
            return _opened(json.loads(value))
        except ValueError:
            return value
    return value


def _value(one: Difference) -> Value:
    return Value(": ".join([*one.place, one.path]), _text(one.before), _text(one.now))


def _text(value: object) -> str | None:
    if value is ABSENT:
        return None
    if isinstance(value, str):
        return _LATER if value == UNKNOWN else value
    return json.dumps(value, ensure_ascii=False, sort_keys=True).replace(f'"{UNKNOWN}"', _LATER)
