"""House rules for PromQL expressions beyond promtool's checks, similar to those of pint."""

import re
from collections.abc import Iterator

import promql_parser as promql

from authoring import promql as tree
from tests.alert_rules.rule_files import CATALOG

# The functions that may read a counter: its growth, its absence or presence, and its scrape time.
_READINGS = {"rate", "increase", "absent", "group", "timestamp"}


def faults(text: str) -> list[str]:
    expr = promql.parse(text)
    types = CATALOG.types()
    unknown = sorted({metric for metric, _ in tree.selectors(expr) if metric not in types})
    if unknown:
        return [f"{metric} is not in the catalog" for metric in unknown]
    return [
        *_misread(expr),
        *_unknown_labels(expr),
        *_foreign(expr),
        *_kept_labels(expr),
        *_raw(expr),
    ]


def _misread(expr: promql.Expr) -> Iterator[str]:
    types = CATALOG.types()
    for metric, function in tree.selectors(expr):
        if types[metric] == "counter" and function not in _READINGS:
            yield f"{metric} is a counter, and not read by its growth"
        if types[metric] == "gauge" and function in {"rate", "increase"}:
            yield f"{metric} is a gauge, and has no growth"


def _unknown_labels(expr: promql.Expr) -> Iterator[str]:
    for selector in tree.nodes(expr):
        if not isinstance(selector, promql.VectorSelector) or tree.is_recorded(selector):
            continue
        metric = CATALOG.metrics[_name(selector)]
        for matcher in selector.matchers.matchers:
            if matcher.name == "namespace" or (matcher.name == "le" and metric.buckets):
                continue
            if matcher.value not in metric.labels.get(matcher.name, ()):
                yield f'{selector.name} has no {matcher.name}="{matcher.value}"'


def _foreign(expr: promql.Expr) -> Iterator[str]:
    """Yield the selectors that a copy of the service elsewhere in the cluster would change."""
    for selector in tree.nodes(expr):
        if not isinstance(selector, promql.VectorSelector) or tree.is_recorded(selector):
            continue
        wanted = CATALOG.namespaces(_name(selector))
        matchers = selector.matchers.matchers
        selected = [
            m.value for m in matchers if (m.name, m.op) == ("namespace", promql.MatchOp.Equal)
        ]
        if len(selected) != 1 or selected[0] not in wanted:
            yield f'{selector.name} is read outside of namespace="{wanted[0]}"'


def _name(selector: promql.VectorSelector) -> str:
    return re.sub("_(bucket|count|sum)$", "", str(selector.name))


def _kept_labels(expr: promql.Expr) -> Iterator[str]:
    for node in tree.nodes(expr):
        if isinstance(node, promql.AggregateExpr) and node.modifier is not None:
            below = {re.sub("_(bucket|count|sum)$", "", name) for name, _ in tree.selectors(node)}
            for label in node.modifier.labels:
                if label != "le" and any(label not in CATALOG.metrics[m].labels for m in below):
                    yield f"{', '.join(sorted(below))} has no label {label}"


def _raw(expr: promql.Expr) -> Iterator[str]:
    for comparison in tree.comparisons(expr):
        if not (tree.is_aggregated(comparison.lhs) and tree.is_aggregated(comparison.rhs)):
            yield "compared before it is aggregated"
    if not tree.is_aggregated(expr):
        yield "reported as it is scraped, once for each target"
