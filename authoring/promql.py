"""Expressions as trees: what the house rules ask of them."""

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
    """Give an expression and everything below it."""
    yield expr
    for child in children(expr):
        yield from nodes(child)


def selectors(expr: object, function: str = "") -> Iterator[tuple[str, str]]:
    """Give every metric that is read, with the nearest function that it goes through."""
    if isinstance(expr, promql.VectorSelector):
        yield str(expr.name), function
    name = expr.func.name if isinstance(expr, promql.Call) else function
    for child in children(expr):
        yield from selectors(child, name)


def comparisons(expr: object) -> Iterator[promql.BinaryExpr]:
    for node in nodes(expr):
        if isinstance(node, promql.BinaryExpr) and str(node.op) in _COMPARISONS:
            yield node


def is_aggregated(expr: object) -> bool:
    """Tell whether no series comes through as it was scraped: labels are few and known."""
    match expr:
        case promql.VectorSelector() | promql.MatrixSelector() | promql.SubqueryExpr():
            return False
        case promql.AggregateExpr():
            return True
        case promql.Call() if expr.func.name in {"absent", "absent_over_time"}:
            return True
    return all(is_aggregated(child) for child in children(expr))


def spelled(expr: str) -> str:
    """Give an expression in the one form that the parser prints, without outer parentheses."""
    return str(bare(promql.parse(expr)).prettify())


def bare(expr: promql.Expr) -> promql.Expr:
    while isinstance(expr, promql.ParenExpr):
        expr = expr.expr
    return expr
