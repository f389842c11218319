"""Single mistakes in a valid file: types, ranges, keys, lines and encodings."""

import codecs
import copy
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any

_VALUES: tuple[Any, ...] = (
    None,
    True,
    False,
    0,
    -1,
    1.5,
    2**31,
    2**63,
    10**22,
    "",
    " ",
    "x",
    "é",
    "{{",
    "a\nb",
    "x" * 300,
    [],
    {},
    ["x", "x"],
    {"x": 1},
)


# A description, and a function that makes the mistake; most of a sample is never made.
Mistake = tuple[str, Callable[[], Any]]


def of_data(data: Any) -> Iterator[Mistake]:
    """Yield every mistake everywhere in *data*; each is made in a copy."""
    for path in _paths(data):
        value = _at(data, path)
        if path:
            yield f"{path} removed", partial(_without, data, path)
        for other in _others(value):
            yield f"{path} = {other!r:.40}", partial(_with, data, path, other)
        if isinstance(value, dict):
            yield f"{path} with an extra key", partial(_with, data, path, value | {"extra": "x"})
        if isinstance(value, list) and value:
            yield f"{path} with an item twice", partial(_with, data, path, [*value, value[0]])


def of_text(text: str) -> Iterator[Mistake]:
    """Yield every mistake of the lines or the encoding of *text*; each makes bytes."""
    for encoding in ("utf-16", "utf-16-le", "utf-16-be", "utf-32"):
        yield encoding, partial(text.encode, encoding)
    yield "byte order mark", partial((codecs.BOM_UTF8 + text.encode()).strip)
    yield "Latin-1", partial(("é".encode("latin-1") + text.encode()).strip)
    yield "Windows line ends", lambda: text.replace("\n", "\r\n").encode()
    yield "empty", bytes
    lines = text.splitlines(keepends=True)
    for number, line in enumerate(lines):
        place = f"in line {number + 1}"
        yield f"removed {place}", partial(_replaced, lines, number, "")
        yield f"twice {place}", partial(_replaced, lines, number, line + line)
        yield f"indented {place}", partial(_replaced, lines, number, f" {line}")
        yield f"control {place}", partial(_replaced, lines, number, f"\0{line}")
        yield f"cut {place}", partial(_replaced, lines[: number + 1], number, line[::2])


def _replaced(lines: Sequence[str], number: int, other: str) -> bytes:
    return "".join([*lines[:number], other, *lines[number + 1 :]]).encode()


def _others(value: Any) -> Iterator[Any]:
    for other in _VALUES:
        if type(other) is not type(value) or other != value:
            yield other
    if isinstance(value, str):
        yield f"{value} "
        yield f"{value}\u2028"
        yield [value]
    elif not isinstance(value, (list, dict)):
        yield str(value)


def _paths(data: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield path
    if isinstance(data, (dict, list)):
        for key, value in data.items() if isinstance(data, dict) else enumerate(data):
            yield from _paths(value, (*path, key))


def _at(data: Any, path: tuple[Any, ...]) -> Any:
    for key in path:
        data = data[key]
    return data


def _with(data: Any, path: tuple[Any, ...], value: Any) -> Any:
    if not path:
        return value
    changed = copy.deepcopy(data)
    _at(changed, path[:-1])[path[-1]] = value
    return changed


def _without(data: Any, path: tuple[Any, ...]) -> Any:
    changed = copy.deepcopy(data)
    del _at(changed, path[:-1])[path[-1]]
    return changed
