"""The part of GitHub's expression language that our workflows use; anything else is refused."""

import re
from collections.abc import Mapping
from typing import Any

_EXPRESSION = re.compile(r"\$\{\{\s*(.*?)\s*\}\}")
_PATH = re.compile(r"[a-z-]+(\.[A-Za-z_-]+)+")

Contexts = Mapping[str, Any]


def resolve(text: object, contexts: Contexts) -> str:
    """Return *text* with the value of each expression in it."""
    return _EXPRESSION.sub(lambda found: _text(evaluate(found[1], contexts)), str(text))


def holds(condition: str | None, contexts: Contexts) -> bool:
    """
    Return whether an `if` holds.

    A condition without a function of the job's status implies `success()`, as on GitHub.
    """
    if condition is None:
        return bool(contexts["success()"])
    match = _EXPRESSION.fullmatch(condition)
    expression = match[1] if match else condition
    implied = not re.search(r"\b(success|failure|cancelled|always)\(\)", expression)
    return bool(evaluate(expression, contexts)) and (not implied or bool(contexts["success()"]))


def evaluate(expression: str, contexts: Contexts) -> object:
    """Return the value of *expression*: `||`, `&&`, `==`, `!=`, `!`, functions of status, paths."""
    for operator, combine in (("||", any), ("&&", all)):
        parts = [part.strip() for part in expression.split(operator)]
        if len(parts) > 1:
            return combine(bool(evaluate(part, contexts)) for part in parts)
    for operator in ("==", "!="):
        left, found, right = expression.partition(operator)
        if found:
            equal = evaluate(left.strip(), contexts) == evaluate(right.strip(), contexts)
            return equal if operator == "==" else not equal
    if expression.startswith("!"):
        return not evaluate(expression[1:], contexts)
    if expression.endswith("()"):
        return contexts[expression]
    assert _PATH.fullmatch(expression), f"an expression that the runner does not know: {expression}"
    value: Any = contexts
    for name in expression.split("."):
        value = value[name]
    return value


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
