"""The arguments of the resources in Vault: what is wrong with them."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from plugins.waqiti.resource import Problem
from plugins.waqiti.values import UNKNOWN, Values

_SHOWN = 60

Test = Callable[[Any], str | None]


def wrong(
    inputs: Values, required: Mapping[str, Test], others: Mapping[str, Test]
) -> Iterator[Problem]:
    """Yield the arguments that are missing, unknown, or fail their test."""
    tests = {**required, **others}
    yield from ((name, "missing: pass it") for name in required if name not in inputs)
    for name, value in inputs.items():
        if name not in tests:
            yield name, "unknown argument: remove it or correct its name"
        elif value is not UNKNOWN and (remedy := tests[name](value)):
            yield name, f"{_shown(value)}: {remedy}"


def path(value: Any) -> str | None:  # noqa: ANN401 - any value
    """Return the remedy for what is no path of a mount or of a secret."""
    parts = value.split("/") if isinstance(value, str) else [""]
    if all(parts) and not any(part in {".", ".."} or part.split() != [part] for part in parts):
        return None
    return "pass a path without spaces, and without slashes at its ends"


def text(value: Any) -> str | None:  # noqa: ANN401 - any value
    """Return the remedy for what is no text."""
    return None if isinstance(value, str) and value else "pass a text"


def switch(value: Any) -> str | None:  # noqa: ANN401 - any value
    """Return the remedy for what is neither true nor false."""
    return None if isinstance(value, bool) else "pass true or false"


def number(value: Any) -> str | None:  # noqa: ANN401 - any value
    """Return the remedy for what is no number to count with."""
    counts = isinstance(value, int) and not isinstance(value, bool) and value > 0
    return None if counts else "pass a whole number, 1 or more"


def names(value: Any) -> str | None:  # noqa: ANN401 - any value
    """Return the remedy for what is no list of different keys."""
    if not isinstance(value, list) or not value or any(text(name) for name in value):
        return "pass the names of the keys, at least one"
    return None if len(set(value)) == len(value) else "name each key once"


def texts(value: Any) -> str | None:  # noqa: ANN401 - any value
    """Return the remedy for what is no map of keys to texts."""
    known = (
        [one for one in value.values() if one is not UNKNOWN] if isinstance(value, Mapping) else [0]
    )
    return "pass a text for each key" if any(text(one) for one in known) else None


def _shown(value: object) -> str:
    # The texts of a map may be secrets of a program: their keys are not.
    shown = f"keys {', '.join(sorted(value))}" if isinstance(value, Mapping) else repr(value)
    return shown if len(shown) <= _SHOWN else f"{shown[:_SHOWN]}…"
