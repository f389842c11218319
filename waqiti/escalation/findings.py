"""What is wrong with an escalation in a time: nobody on call, or the same person twice."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import pairwise

from clients.on_call import gaps, written
from waqiti.escalation.ladder import Level, Period

TARGET_MINUTES = 5  # the platform's target for an acknowledgement; the source's line 419


def findings(
    levels: Sequence[Level], found: Sequence[Period], since: datetime, until: datetime
) -> Iterator[str]:
    """Yield each time that has nobody on call, and each person on two levels in a row."""
    for number, level in enumerate(levels, start=1):
        for start, end in gaps(level.shifts, since, until):
            yield f"level {number} ({level.name}) has nobody on call {written(start, end)}"
    for period in found:
        if not period.pages:
            yield (
                f"an alert {written(period.start, period.end)} pages nobody: PagerDuty opens no "
                "incident"
            )
    yield from _repetitions(levels, found)


def promise(found: Sequence[Period]) -> str:
    """Return how the escalation stands to the target of an acknowledgement."""
    second = min(
        (period.pages[1].minute for period in found if len(period.pages) > 1), default=None
    )
    target = f"target: acknowledged within {TARGET_MINUTES} minutes"
    if second is None:
        return f"{target}; nobody else is paged after the first person"
    if second <= TARGET_MINUTES:
        return f"{target}; at minute {second} the next person is paged"
    return f"{target}; if the first person does not, nothing happens until minute {second}"


def _repetitions(levels: Sequence[Level], found: Sequence[Period]) -> Iterator[str]:
    """Yield one sentence for each pair of levels that pages one person twice in a row."""
    times: dict[tuple[int, int, str], list[Period]] = defaultdict(list)
    for period in found:
        for key in {
            (before.level, now.level, now.person)
            for before, now in pairwise(period.pages)
            if before.person == now.person and before.level < now.level
        }:
            times[key].append(period)
    for (before_level, level, person), hit in sorted(times.items()):
        hours = sum((one.end - one.start).total_seconds() for one in hit) / 3600
        yield (
            f"level {level} ({levels[level - 1].name}) pages {person} again, who is level "
            f"{before_level}: {hours:.1f} hours, first {written(hit[0].start, hit[0].end)}"
        )
