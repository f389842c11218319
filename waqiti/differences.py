"""The differences between two documents, down to the innermost value."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

ABSENT = object()

_LONGEST = 60

Model = Mapping[str, Any]


@dataclass(frozen=True)
class Difference:
    """
    One value that differs.

    Args:
        place: The enclosing panels of a dashboard, from the outside in.
        path: The path of the value below them.
        before: Its value before, or ABSENT.
        now: Its value now, or ABSENT.
    """

    place: Sequence[str]
    path: str
    before: object
    now: object


def differences(left: object, found: object, path: str = "") -> Iterator[Difference]:
    """Yield the innermost differences. Panels are compared by title, other lists in their order."""
    if isinstance(left, dict) and isinstance(found, dict):
        for key in sorted(left.keys() | found.keys()):
            before, now = left.get(key, ABSENT), found.get(key, ABSENT)
            if key == "panels" and isinstance(before, list) and isinstance(now, list):
                yield from _panels(before, now)
            else:
                yield from differences(before, now, f"{path}.{key}" if path else key)
    elif isinstance(left, list) and isinstance(found, list) and len(left) == len(found):
        for number, pair in enumerate(zip(left, found, strict=True)):
            yield from differences(*pair, f"{path}[{number}]")
    elif left != found:
        yield Difference([], path, left, found)


def shown(value: object) -> str:
    """Return *value* in one short line."""
    if value is ABSENT or value is None:
        return "not there"
    text = value if value == "there" else json.dumps(value, ensure_ascii=False, sort_keys=True)
    text = str(text)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def _panels(left: Sequence[Model], found: Sequence[Model]) -> Iterator[Difference]:
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
            yield Difference(place, "it", "there", ABSENT)
            continue
        for inner in differences(panel, now):
            yield Difference([*place, *inner.place], inner.path, inner.before, inner.now)
    for panel in others:
        yield Difference([_name(panel)], "it", ABSENT, "there")


def _name(panel: Model) -> str:
    kind = "row" if panel.get("type") == "row" else "panel"
    return f"{kind} {panel.get('title', 'without a title')!r}"
