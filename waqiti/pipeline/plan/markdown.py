"""A plan as Markdown: a pull request's comment, a job's summary."""

import difflib
import re
from collections.abc import Iterator, Sequence

from waqiti.pipeline.plan import OPERATIONS, Change, Plan, Value
from waqiti.pipeline.reports import plain

_LONGEST = 300
# GitHub accepts 65,536 characters in a comment; the rest is for its marker and its last line.
_MOST = 60_000


def markdown(plan: Plan) -> str:
    """Return *plan* for a reader: one line if nothing changes."""
    if plan.refusals:
        refusals = "".join(f"- {plain(one)}\n" for one in plan.refusals)
        return f"### {plan.stack}: the preview refuses this\n\n{refusals}"
    if not plan.changes:
        return f"**{plan.stack}**: no changes\n"
    counts = [
        f"{number} {word}"
        for operation, word in OPERATIONS.items()
        if (number := sum(one.operation == operation for one in plan.changes))
    ]
    text = f"### {plan.stack}: {', '.join(counts)}\n"
    for position, change in enumerate(plan.changes):
        block = _block(change)
        if len(text) + len(block) > _MOST:
            left = len(plan.changes) - position
            return f"{text}\n{left} more: the file `{plan.stack}.json` of this run has them.\n"
        text += block
    return text


def _block(change: Change) -> str:
    lines = [line for value in change.values for line in _lines(value)]
    head = f"\n**{OPERATIONS[change.operation]}** `{change.kind}` `{change.name}`\n"
    if not lines:
        return head
    # A longer fence than any in the values, so that no value can end it.
    longest = max(map(len, re.findall("`+", "\n".join(lines))), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{head}{fence}diff\n" + "".join(f"{line}\n" for line in lines) + f"{fence}\n"


def _lines(value: Value) -> Iterator[str]:
    before, now = value.before, value.now
    if before is not None and before == now:
        yield f"! {value.path}: another secret"
    elif before is not None and now is not None and "\n" in before + now:
        yield f"! {value.path}:"
        yield from _edited(before.splitlines(), now.splitlines())
    else:
        start = _same(before, now)
        if before is not None:
            yield f"- {value.path}: {_short(before, start)}"
        if now is not None:
            yield f"+ {value.path}: {_short(now, start)}"


def _edited(before: Sequence[str], now: Sequence[str]) -> Iterator[str]:
    for line in difflib.unified_diff(before, now, n=0, lineterm=""):
        if not line.startswith(("---", "+++", "@@")):
            yield f"{line[0]}   {_short(line[1:])}"


def _same(before: str | None, now: str | None) -> int:
    """Return where two long texts begin to differ, so that the difference is shown."""
    if before is None or now is None or max(len(before), len(now)) <= _LONGEST:
        return 0
    pairs = enumerate(zip(before, now, strict=False))
    first = next((number for number, (old, new) in pairs if old != new), min(len(before), len(now)))
    return max(0, first - _LONGEST // 2)


def _short(text: str, start: int = 0) -> str:
    line = text.replace("\n", "⏎")
    if len(line) <= _LONGEST:
        return line
    beginning = "…" if start else ""
    end = "…" if len(line) > start + _LONGEST else ""
    return f"{beginning}{line[start : start + _LONGEST]}{end} ({len(line):,} characters)"
