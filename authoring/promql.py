"""Queries on parsed PromQL expressions, for the house rules."""

from collections.abc import Iterator

import promql_parser as promql

_COMPARISONS = {"==", "!=", ">", "<", ">=", "<="}


def children(node: object) -> list[promql.Expr]:
    match node:
        case promql.BinaryExpr():
            return [node.lhs, node.rhs]
        case promql.Call():
            return list(node.args)
        case promql.AggregateExpr() | promql.ParenExpr() | promql.UnaryExpr():
            return [node.expr]
        case promql.SubqueryExpr():
            return [node.expr]
        case promql.MatrixSelector():
            return [node.vector_selector]
    return []


def nodes(expr: object) -> Iterator[object]:
    """Yield an expression and all its descendants."""
    yield expr
    for child in children(expr):
        yield from nodes(child)


def is_recorded(selector: promql.VectorSelector) -> bool:
    """Report whether a recording rule writes the series: their names have a colon."""
    return ":" in str(selector.name)


def selectors(expr: object, function: str = "") -> Iterator[tuple[str, str]]:
    """Yield every scraped metric with the name of the innermost function around it."""
    if isinstance(expr, promql.VectorSelector) and not is_recorded(expr):
        yield str(expr.name), function
    name = expr.func.name if isinstance(expr, promql.Call) else function
    if isinstance(expr, promql.AggregateExpr) and str(expr.op) == "group":
        name = "group"  # it ignores the values
    for child in children(expr):
        yield from selectors(child, name)


def comparisons(expr: object) -> Iterator[promql.BinaryExpr]:
    for node in nodes(expr):
        if isinstance(node, promql.BinaryExpr) and str(node.op) in _COMPARISONS:
            yield node


def is_aggregated(expr: object) -> bool:
    """Report whether every series is aggregated, so that its labels are few and known."""
    match expr:
        case promql.VectorSelector() if is_recorded(expr):
            return True
        case promql.VectorSelector() | promql.MatrixSelector() | promql.SubqueryExpr():
            return False
        case promql.AggregateExpr():
            return True
        case promql.Call() if expr.func.name in {"absent", "absent_over_time"}:
            return True
    return all(is_aggregated(child) for child in children(expr))


def spelled(expr: str) -> str:
    """Return the canonical text of an expression, without outer parentheses."""
    return str(bare(promql.parse(expr)).prettify())


def bare(expr: promql.Expr) -> promql.Expr:
    while isinstance(expr, promql.ParenExpr):
        expr = expr.expr
    return expr
