"""The thresholds of a panel: those of gates, rollback criteria and alerts."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import promql_parser

from authoring import promql
from catalog.alert_rules import AlertRule, Severity
from catalog.metrics import Sli

# Grafana's colours, by severity: from no action to a rollback.
HEALTHY, LOOK, PAGED, ROLL_BACK = COLOURS = ("green", "orange", "red", "dark-red")
_SEVERITIES: dict[Severity, str] = {"critical": PAGED, "warning": LOOK, "info": LOOK}


@dataclass(frozen=True, order=True)
class Bound:
    """
    A threshold, and the colour of values beyond it.

    Args:
        number: The threshold, in the unit of the panel.
        above: Whether values above it are bad; else those below.
        colour: The colour, which stands for an action.
    """

    number: float
    above: bool
    colour: str

    def of_complement(self) -> "Bound":
        """Return the equivalent bound for 1 minus the value."""
        # Rounded to ten digits, because 1 - 0.99 is not exactly 0.01.
        return Bound(round(1 - self.number, 10), not self.above, self.colour)


def bounds(sli: Sli, alerts: Iterable[AlertRule]) -> Iterator[Bound]:
    """Yield every bound of *sli* in gates, rollback criteria and alerts."""
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
    Return Grafana's steps: a colour and the number from which it applies; the first has none.

    Raises:
        ValueError: Some bounds are upper and others lower bounds: one scale cannot show both.
    """
    worst: dict[float, str] = {}
    sides = set()
    for bound in found:
        sides.add(bound.above)
        known = worst.get(bound.number, HEALTHY)
        worst[bound.number] = max(known, bound.colour, key=COLOURS.index)
    if len(sides) > 1:
        raise ValueError("a panel has upper or lower bounds, not both")
    numbers = sorted(worst)
    colours = [worst[number] for number in numbers]
    colours = [HEALTHY, *colours] if sides != {False} else [*colours, HEALTHY]
    return list(zip([None, *numbers], colours, strict=True))
