"""Whether a plan is the one that was reviewed."""

from collections.abc import Iterator, Mapping

from waqiti.pipeline.plan import OPERATIONS, Change, Plan, Value

Named = Mapping[tuple[str, str], Change]


def deviations(reviewed: Plan, found: Plan) -> Iterator[str]:
    """Yield a sentence for each change of *found* that is not as it was *reviewed*."""
    before, now = _named(reviewed), _named(found)
    for key in sorted(before.keys() | now.keys()):
        resource = " ".join(key)
        if key not in now:
            word = OPERATIONS[before[key].operation]
            yield f"{resource}: it was to be {word}, and is not in the plan any more"
        elif key not in before:
            word = OPERATIONS[now[key].operation]
            yield f"{resource}: it would be {word}, and was not in the reviewed plan"
        elif before[key].operation != now[key].operation:
            yield (
                f"{resource}: it would be {OPERATIONS[now[key].operation]}, and was reviewed as "
                f"{OPERATIONS[before[key].operation]}"
            )
        else:
            yield from _values(resource, before[key], now[key])


def _named(plan: Plan) -> Named:
    return {(change.kind, change.name): change for change in plan.changes}


def _values(resource: str, reviewed: Change, found: Change) -> Iterator[str]:
    before = {value.path: value for value in reviewed.values}
    now = {value.path: value for value in found.values}
    for path in sorted(before.keys() | now.keys()):
        if before.get(path) != now.get(path):
            yield (
                f"{resource}: {path}: it would be {_shown(now.get(path))}, and was reviewed as "
                f"{_shown(before.get(path))}"
            )


def _shown(value: Value | None) -> str:
    if value is None:
        return "unchanged"
    before, now = ("nothing" if one is None else one for one in (value.before, value.now))
    return f"{before!r} → {now!r}"
