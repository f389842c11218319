"""What we ask of every expression beyond what promtool asks, in the manner of pint."""

import re

import promql_parser as promql
import pytest

from tests.alerts import promql as tree
from tests.alerts.rule_files import CATALOG, PATHS, RULES

EXPRESSIONS = {name: rule.expr for name, rule in RULES.items()} | {
    f"{name}.{part}": spelling
    for name, sli in CATALOG.slis.items()
    for part in ("expr", "events", "bad_events")
    if (spelling := getattr(sli, part)) is not None
}
SPELLINGS = {tree.spelled(text) for name, text in EXPRESSIONS.items() if "." in name}
# How a counter may be read: by its growth, by whether it exists, and by when it was scraped.
READINGS = {"rate", "increase", "absent", "timestamp"}
every_expression = pytest.mark.parametrize("name", sorted(EXPRESSIONS))


@every_expression
def test_every_metric_is_in_the_catalog(name):
    read = {metric for metric, _ in tree.selectors(promql.parse(EXPRESSIONS[name]))}

    assert read <= CATALOG.types().keys()


@every_expression
def test_counters_are_read_by_their_growth_and_gauges_are_not(name):
    types = CATALOG.types()
    wrong = [
        (metric, function)
        for metric, function in tree.selectors(promql.parse(EXPRESSIONS[name]))
        if (types[metric] == "counter") != (function in READINGS)
        and not (types[metric] == "gauge" and function == "absent")
    ]

    assert wrong == []


@every_expression
def test_every_label_and_value_that_is_asked_for_exists(name):
    unknown = [
        (metric, matcher.name, matcher.value)
        for selector in tree.nodes(promql.parse(EXPRESSIONS[name]))
        if isinstance(selector, promql.VectorSelector)
        for metric in [re.sub("_(bucket|count)$", "", str(selector.name))]
        for matcher in selector.matchers.matchers
        if matcher.name != "le"
        and matcher.value not in CATALOG.metrics[metric].labels[matcher.name]
    ]

    assert unknown == []


@every_expression
def test_every_label_that_is_kept_exists(name):
    kept = {
        label
        for node in tree.nodes(promql.parse(EXPRESSIONS[name]))
        if isinstance(node, promql.AggregateExpr) and node.modifier is not None
        for label in node.modifier.labels
    }

    assert kept <= {"le", "service"}


@every_expression
def test_everything_is_aggregated_before_it_is_compared(name):
    raw = [
        str(comparison.prettify())
        for comparison in tree.comparisons(promql.parse(EXPRESSIONS[name]))
        if not (tree.is_aggregated(comparison.lhs) and tree.is_aggregated(comparison.rhs))
    ]

    assert raw == []
    assert tree.is_aggregated(promql.parse(EXPRESSIONS[name]))


@pytest.mark.parametrize("name", sorted(RULES))
def test_no_rule_has_a_spelling_of_its_own_for_what_the_catalog_spells(name):
    """Rules about absence share nothing: no gate and no panel asks whether a series exists."""
    if name.endswith(("Absent", "Vanished")):
        return

    assert list(_unspelled(promql.parse(RULES[name].expr))) == []


def _unspelled(expr):
    if tree.bare(expr).prettify() in SPELLINGS:
        return
    if isinstance(expr, promql.VectorSelector):
        yield expr.name
    for child in tree.children(expr):
        yield from _unspelled(child)


BOUNDS = [
    (name, kind, bound)
    for name, sli in CATALOG.slis.items()
    for kind in ("gate", "rollback")
    if (bound := getattr(sli, kind)) is not None
]


@pytest.mark.parametrize(("name", "kind", "bound"), BOUNDS)
def test_every_gate_and_every_rollback_criterion_has_an_alert_at_the_same_number(name, kind, bound):
    """A gate is passed on one side and told on the other; a window may differ, a number not."""
    stem = re.sub("_[0-9]+[mhd]$", "", name)
    questions = {
        tree.spelled(sli.expr)
        for other, sli in CATALOG.slis.items()
        if re.sub("_[0-9]+[mhd]$", "", other) == stem
    }
    wanted = ">" if (bound.above is None) == (kind == "gate") else "<"
    number = bound.above if bound.below is None else bound.below
    told = [
        rule.for_
        for rule in RULES.values()
        for comparison in tree.comparisons(promql.parse(rule.expr))
        if tree.bare(comparison.lhs).prettify() in questions
        and str(comparison.op) == wanted
        and isinstance(comparison.rhs, promql.NumberLiteral)
        and comparison.rhs.val == number
    ]

    assert told
    assert kind == "gate" or bound.for_ in told


def test_every_rule_that_reads_a_metric_has_a_partner_for_its_absence():
    read = {
        metric
        for name, rule in RULES.items()
        if not name.endswith(("Absent", "Vanished"))
        for metric, _ in tree.selectors(promql.parse(rule.expr))
    }
    watched = {
        metric
        for rule in RULES.values()
        for metric, function in tree.selectors(promql.parse(rule.expr))
        if function == "absent"
    }

    assert read == watched


def test_every_alert_says_above_itself_why_this_threshold_and_this_wait():
    silent = []
    for path in PATHS:
        lines = path.read_text().splitlines()
        for number, line in enumerate(lines):
            if "- alert:" not in line:
                continue
            above = number - 1
            comment: list[str] = []
            while lines[above].lstrip().startswith("#"):
                comment.insert(0, lines[above])
                above -= 1
            if not re.search(r"[0-9]+ (m|h|s|%)", " ".join(comment)):
                silent.append(line.strip())

    assert silent == []
