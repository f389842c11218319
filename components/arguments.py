"""
The check of a component's arguments, before any resource is registered.

Arguments are TypedDicts, so a Python program passes keywords and a component host passes a plain
dict. Their annotations state what is allowed; this module compares a value with them.
"""

import math
from collections.abc import Awaitable, Callable, Iterator, Mapping
from types import NoneType, UnionType
from typing import (
    Any,
    NotRequired,
    Required,
    TypeVar,
    Union,
    cast,
    get_args,
    get_origin,
    is_typeddict,
)

import pulumi
from pulumi.errors import InputPropertiesError

T = TypeVar("T")

# A path below the arguments (`topics.orders.partitions`), and what is wrong with the value there.
Problem = tuple[str, str]

_SHOWN = 60
_WORDS: Mapping[Any, str] = {
    str: "a string",
    int: "a whole number",
    float: "a number",
    bool: "true or false",
    list: "a list",
    dict: "a map",
}


class InvalidArgumentsError(pulumi.RunError, InputPropertiesError):
    """
    One sentence that names the component, each argument, its value and the remedy.

    As a RunError it ends a Python program without a traceback; as an InputPropertiesError a
    component host reports it the same way to every language.
    """

    def __init__(self, component: str, name: str, problems: list[Problem]) -> None:
        """Describe *problems* of the component *name* of type *component*."""
        reasons = "; ".join(f"{path}: {reason}" for path, reason in problems)
        InputPropertiesError.__init__(
            self,
            f"{component} {name!r} is not declared: {reasons}",
            [{"property_path": path, "reason": reason} for path, reason in problems],
        )


def checked(
    component: str,
    name: str,
    kind: type[T],
    args: T,
    rules: Callable[[T], Iterator[Problem]] | None = None,
) -> T:
    """
    Return *args* with whole numbers as `int` and without absent values.

    Args:
        component: The component's class name.
        name: The name of this component in the program.
        kind: The TypedDict of the arguments.
        args: What the caller passed.
        rules: What must hold beyond the types; called only if the types are right.

    Raises:
        InvalidArgumentsError: At least one argument is wrong; all of them are named.
    """
    problems: list[Problem] = []
    clean = cast("T", _clean(kind, args, "", problems))
    if not problems and rules is not None:
        problems.extend(rules(clean))
    if problems:
        raise InvalidArgumentsError(component, name, problems)
    return clean


def refusals(path: str, check: Callable[[T], object], value: T) -> Iterator[Problem]:
    """Yield the problem of *value* at *path* if *check* raises `ValueError` for it."""
    if not known(value):
        return
    try:
        check(value)
    except ValueError as error:
        yield path, f"{shown(value)}: {error}"


def shown(value: object) -> str:
    """Return *value* as an error message shows it; never the value of an Output."""
    if isinstance(value, pulumi.Output):
        return "an output"
    text = repr(value)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"


def known(value: object) -> bool:
    """Return whether *value* is known in the program, so that it can be checked or shown."""
    return not isinstance(value, (pulumi.Output, Awaitable))


def _clean(annotation: Any, value: Any, path: str, problems: list[Problem]) -> Any:  # noqa: ANN401 - any type
    kind, takes_outputs = _unwrapped(annotation)
    if not known(value):
        if not takes_outputs:
            problems.append((path, "must be known at preview: pass a plain value, not an output"))
        return value
    if is_typeddict(kind):
        return _clean_fields(kind, value, path, problems)
    if get_origin(kind) in {list, dict}:
        return _clean_items(kind, value, path, problems)
    return value if kind is Any else _clean_scalar(kind, value, path, problems)


def _unwrapped(annotation: Any) -> tuple[Any, bool]:  # noqa: ANN401 - any type
    """Return the type of the value itself, and whether an output may take its place."""
    kind, takes_outputs = annotation, False
    while get_origin(kind) in {NotRequired, Required, Union, UnionType}:
        options = get_args(kind)
        takes_outputs |= any(get_origin(option) is Awaitable for option in options)
        kind = next(option for option in options if option is not NoneType)
    return kind, takes_outputs


def _clean_scalar(kind: Any, value: Any, path: str, problems: list[Problem]) -> Any:  # noqa: ANN401 - any type
    if kind is int and isinstance(value, float) and math.isfinite(value) and value == int(value):
        return int(value)  # a host's numbers are floats
    if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
        problems.append((path, _expected(kind, value)))
    return value


def _clean_fields(kind: Any, value: Any, path: str, problems: list[Problem]) -> Any:  # noqa: ANN401 - any type
    if not isinstance(value, Mapping):
        problems.append((path or "(arguments)", _expected(dict, value)))
        return value
    fields = kind.__annotations__
    problems.extend(
        (_join(path, key), "unknown argument: remove it or correct its name")
        for key in value
        if key not in fields
    )
    problems.extend(
        (_join(path, key), "missing: pass it")
        for key in fields
        if key in kind.__required_keys__ and value.get(key) is None
    )
    return {
        key: _clean(fields[key], item, _join(path, key), problems)
        for key, item in value.items()
        if key in fields and item is not None
    }


def _clean_items(kind: Any, value: Any, path: str, problems: list[Problem]) -> Any:  # noqa: ANN401 - any type
    origin, item_kind = get_origin(kind), get_args(kind)[-1]
    if origin is list and isinstance(value, (list, tuple)):
        return [_clean(item_kind, v, f"{path}[{i}]", problems) for i, v in enumerate(value)]
    if origin is dict and isinstance(value, Mapping):
        return {k: _clean(item_kind, v, _join(path, str(k)), problems) for k, v in value.items()}
    problems.append((path, _expected(origin, value)))
    return value


def _expected(kind: Any, value: object) -> str:  # noqa: ANN401 - any type
    return f"{shown(value)} is not {_WORDS[kind]}: pass {_WORDS[kind]}"


def _join(path: str, key: str) -> str:
    return f"{path}.{key}" if path else key
