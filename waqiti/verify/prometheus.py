"""Prometheus must evaluate exactly the declared rules."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import promql_parser

from clients import http
from waqiti.state import State
from waqiti.verify.durations import seconds

_KIND = "kubernetes:monitoring.coreos.com/v1:PrometheusRule"
_UID = r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_WAIT = "wait for the Prometheus operator, or read its log"

Rule = Mapping[str, Any]


def differences(state: State) -> Iterator[str]:
    """
    Yield a sentence for each rule that Prometheus evaluates otherwise, or not, or too much.

    Raises:
        NoAnswerError: Prometheus does not answer, or its address is not in the stack file.
    """
    declared = list(state.of_type(_KIND))
    if not declared:
        return
    url = state.monitoring_address("prometheus_url", "the rules of Prometheus")
    who = f"Prometheus at {url}"
    groups = http.json_of(who, http.get(who, f"{url}/api/v1/rules"))["data"]["groups"]
    for resource in declared:
        own = _of_object(groups, resource["id"])
        wanted = resource["inputs"]["spec"]["groups"]
        for name in sorted({group["name"] for group in [*wanted, *own]}):
            yield from _group_differences(
                f"{who}, group {name} of {resource['id']}",
                next((group for group in wanted if group["name"] == name), None),
                next((group for group in own if group["name"] == name), None),
            )


def _of_object(groups: Sequence[Rule], identity: str) -> list[Rule]:
    """Return the groups of the file that the operator wrote for a PrometheusRule."""
    namespace, _, name = identity.partition("/")
    file = re.compile(rf"(.*/)?{re.escape(f'{namespace}-{name}')}-{_UID}\.yaml")
    return [group for group in groups if file.fullmatch(group["file"])]


def _group_differences(where: str, wanted: Rule | None, found: Rule | None) -> Iterator[str]:
    if wanted is None or found is None:
        yield f"{where} is {'not evaluated' if wanted else 'no longer declared'}: {_WAIT}"
        return
    interval = wanted.get("interval")
    if interval is not None and seconds(interval) != found["interval"]:
        yield f"{where} is evaluated every {found['interval']} s instead of {interval}: {_WAIT}"
    expected, running = map(_declared, wanted["rules"]), map(_running, found["rules"])
    by_key = {_key(rule): rule for rule in running}
    for rule in expected:
        other = by_key.pop(_key(rule), None)
        if other is None:
            yield f"{where}: {rule['name']} is not evaluated: {_WAIT}"
        elif fields := [key for key in rule if rule[key] != other[key]]:
            yield f"{where}: {rule['name']} runs with another {', '.join(fields)}: {_WAIT}"
    for rule in by_key.values():
        yield f"{where}: {rule['name']} is evaluated and no longer declared: {_WAIT}"
    for rule in found["rules"]:
        if rule.get("health") == "err":
            yield f"{where}: {rule['name']} fails: {rule.get('lastError')}: correct the rule"


def _key(rule: Rule) -> tuple[Any, ...]:
    """Return what distinguishes rules of one name."""
    return rule["name"], tuple(sorted(rule["labels"].items()))


def _declared(rule: Rule) -> Rule:
    return {
        "name": rule.get("alert") or rule["record"],
        "expr": _normal(rule["expr"]),
        "for": seconds(rule.get("for") or "0s"),
        "keep_firing_for": seconds(rule.get("keep_firing_for") or "0s"),
        "labels": rule.get("labels") or {},
        "annotations": rule.get("annotations") or {},
    }


def _running(rule: Rule) -> Rule:
    return {
        "name": rule["name"],
        "expr": _normal(rule["query"]),
        "for": rule.get("duration", 0),
        "keep_firing_for": rule.get("keepFiringFor", 0),
        "labels": rule.get("labels") or {},
        "annotations": rule.get("annotations") or {},
    }


def _normal(expression: str) -> str:
    """Return the same text for the same expression: Prometheus formats it in its own way."""
    try:
        return str(promql_parser.parse(expression).prettify())
    except ValueError:
        return expression
