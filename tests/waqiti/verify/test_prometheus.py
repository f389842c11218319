"""Prometheus must evaluate exactly the declared rules."""

import copy
from typing import Any

import pytest

from clients.failures import NoAnswerError
from tests.waqiti.states import provider, resource, state
from tests.web_answers import answering
from waqiti.verify.prometheus import differences

UID = "52eb6aa6-752e-43b1-b90f-72b09f664691"
KUBERNETES = provider("kubernetes", context="prod")
DOWN = {
    "alert": "Down",
    "expr": "sum(up)\n  by (job) ==\n0",
    "for": "1h30m",
    "labels": {"severity": "critical"},
    "annotations": {"summary": "{{ $value }} down"},
}
RATIO = {"record": "job:ratio", "expr": "a/b"}
DECLARED = [{"name": "own", "interval": "15s", "rules": [DOWN, RATIO]}]
RUNNING: dict[str, Any] = {
    "name": "own",
    "file": f"/etc/prometheus/rules/rulefiles-0/monitoring-waqiti-own-{UID}.yaml",
    "interval": 15,
    "rules": [
        {
            "name": "Down",
            "query": "sum by (job) (up) == 0",
            "duration": 5400,
            "keepFiringFor": 0,
            "labels": {"severity": "critical"},
            "annotations": {"summary": "{{ $value }} down"},
            "health": "ok",
        },
        {"name": "job:ratio", "query": "a / b", "health": "ok"},
    ],
}
OTHER = RUNNING | {"file": f"/x/monitoring-waqiti-own-too-{UID}.yaml", "name": "another"}


@pytest.fixture
def prometheus():
    with answering() as web:
        yield web


def found(prometheus, *groups):
    prometheus.answers["/api/v1/rules"] = (200, {"data": {"groups": groups}})
    kind = "kubernetes:monitoring.coreos.com/v1:PrometheusRule"
    inputs = {"spec": {"groups": DECLARED}}
    declared = resource(KUBERNETES, kind, "monitoring/waqiti-own", inputs=inputs)
    return list(differences(state(KUBERNETES, declared, prometheus_url=prometheus.url)))


def changed(**rule: object) -> dict[str, Any]:
    group = copy.deepcopy(RUNNING)
    group["rules"][0] |= rule
    return group


def test_the_same_rules_in_prometheus_s_own_form_do_not_differ(prometheus):
    assert found(prometheus, RUNNING, OTHER) == []


@pytest.mark.parametrize(
    ("group", "difference"),
    [
        (changed(query="sum by (job) (up) == 1"), ": Down runs with another expr"),
        (changed(duration=300), ": Down runs with another for"),
        (changed(keepFiringFor=60), ": Down runs with another keep_firing_for"),
        (
            changed(annotations={}, query="up"),
            ": Down runs with another expr, annotations",
        ),
        (RUNNING | {"interval": 60}, " is evaluated every 60 s instead of 15s"),
        (RUNNING | {"rules": RUNNING["rules"][:1]}, ": job:ratio is not evaluated"),
        (
            RUNNING | {"rules": [*RUNNING["rules"], {"name": "Old", "query": "up"}]},
            ": Old is evaluated and no longer declared",
        ),
    ],
    ids=["expr", "for", "keep firing", "two fields", "interval", "missing", "left over"],
)
def test_a_difference_is_one_sentence(prometheus, group, difference):
    where = f"Prometheus at {prometheus.url}, group own of monitoring/waqiti-own"
    assert found(prometheus, group) == [
        f"{where}{difference}: wait for the Prometheus operator, or read its log"
    ]


@pytest.mark.parametrize("groups", [[], [OTHER]])
def test_an_object_that_prometheus_does_not_load_is_reported(prometheus, groups):
    assert found(prometheus, *groups) == [
        (
            f"Prometheus at {prometheus.url}, group own of monitoring/waqiti-own is not evaluated: "
            "wait for the Prometheus operator, or read its log"
        )
    ]


def test_a_group_that_is_left_over_is_reported(prometheus):
    assert found(prometheus, RUNNING, RUNNING | {"name": "old"}) == [
        (
            f"Prometheus at {prometheus.url}, group old of monitoring/waqiti-own is no longer "
            "declared: wait for the Prometheus operator, or read its log"
        )
    ]


def test_a_rule_that_fails_is_reported(prometheus):
    assert found(prometheus, changed(health="err", lastError="many-to-many matching")) == [
        (
            f"Prometheus at {prometheus.url}, group own of monitoring/waqiti-own: Down fails: "
            "many-to-many matching: correct the rule"
        )
    ]


def test_without_an_address_nothing_is_known():
    kind = "kubernetes:monitoring.coreos.com/v1:PrometheusRule"
    declared = resource(KUBERNETES, kind, "monitoring/waqiti-own", inputs={"spec": {"groups": []}})

    with pytest.raises(NoAnswerError) as unknown:
        list(differences(state(KUBERNETES, declared)))

    assert str(unknown.value) == (
        "the rules of Prometheus cannot be verified: set monitoring.prometheus_url"
    )
