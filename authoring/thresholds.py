"""The numbers that colour a panel: those of gates, of rollback criteria and of alerts."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import promql_parser

from authoring import promql
from catalog.metrics import Sli
from catalog.rules import AlertRule, Severity

# What each colour asks for, from nothing to a rollback; Grafana's own names.
WELL, LOOK, PAGED, ROLL_BACK = COLOURS = ("green", "orange", "red", "dark-red")
_SEVERITIES: dict[Severity, str] = {"critical": PAGED, "warning": LOOK, "info": LOOK}


@dataclass(frozen=True, order=True)
class Bound:
    """
    A number, and what is asked of whoever sees a value beyond it.

    Args:
        number: In the unit of what is shown.
        above: Whether beyond is above.
        colour: What is asked for.
    """

    number: float
    above: bool
    colour: str

    def of_complement(self) -> "Bound":
        """Give the same bound of 1 minus what is shown."""
        # Ten digits: what is left of 1 - 0.99 would be no number that a person wrote.
        return Bound(round(1 - self.number, 10), not self.above, self.colour)


def bounds(sli: Sli, alerts: Iterable[AlertRule]) -> Iterator[Bound]:
    """Give every number that somebody compares *sli* with."""
    if sli.gate is not None and sli.gate.below is not None:
        yield Bound(sli.gate.below, above=True, colour=LOOK)
    if sli.gate is not None and sli.gate.above is not None:
        yield Bound(sli.gate.above, above=False, colour=LOOK)
    if sli.rollback is not None and sli.rollback.above is not None:
        yield Bound(sli.rollback.above, above=True, colour=ROLL_BACK)
    if sli.rollback is not None and sli.rollback.below is not None:
        yield Bound(sli.rollback.below, above=False, colour=ROLL_BACK)
    for alert in alerts:
        for comparison in promql.comparisons(promql_parser.parse(alert.expr)):
            asked = promql.bare(comparison.lhs).prettify() == promql.spelled(sli.expr)
            if asked and isinstance(comparison.rhs, promql_parser.NumberLiteral):
                colour = _SEVERITIES[alert.labels.severity]
                yield Bound(comparison.rhs.val, above=str(comparison.op) == ">", colour=colour)


def steps(found: Iterable[Bound]) -> Sequence[tuple[float | None, str]]:
    """
    Give Grafana's steps: from which number on which colour; the first has no number.

    Raises:
        ValueError: Some bounds are beyond above and others below: no axis can show both.
    """
    worst: dict[float, str] = {}
    sides = set()
    for bound in found:
        sides.add(bound.above)
        known = worst.get(bound.number, WELL)
        worst[bound.number] = max(known, bound.colour, key=COLOURS.index)
    if len(sides) > 1:
        raise ValueError("one panel, one direction: some numbers are bad above, others below")
    numbers = sorted(worst)
    colours = [worst[number] for number in numbers]
    colours = [WELL, *colours] if sides != {False} else [*colours, WELL]
    return list(zip([None, *numbers], colours, strict=True))
