"""AlertRules declares one PrometheusRule for each file, under the label that Prometheus selects."""

from typing import Any

import pytest

from components import AlertRules, InvalidArgumentsError

RULE: dict[str, Any] = {
    "alert": "KitchenOnFire",
    "expr": "max(fire) > 0\n",
    "for": "1m",
    "labels": {
        "severity": "warning",
        "team": "engineering",
        "service": "{{ $labels.service }}",
        "slack_channel": "engineering",
    },
    "annotations": {"summary": "It burns here", "description": "Fire: {{ $value }}"},
}
GROUP: dict[str, Any] = {"name": "kitchen", "interval": "15s", "rules": [RULE]}


def declared(deploy, **changes):
    args: Any = {
        "namespace": "monitoring",
        "labels": {"release": "kps"},
        "files": {"food": [GROUP]},
    }
    args |= changes
    names: list[list[str]] = []
    plan = deploy(lambda: AlertRules("rules", args).alert_names.apply(names.append))
    return names, plan.of_type("kubernetes:monitoring.coreos.com/v1:PrometheusRule")


def test_an_object_has_the_groups_of_one_file_and_the_selected_labels(deploy):
    names, objects = declared(deploy)

    assert names == [["KitchenOnFire"]]
    assert objects == {
        "rules-food": {
            "apiVersion": "monitoring.coreos.com/v1",
            "kind": "PrometheusRule",
            "metadata": {
                "name": "rules-food",
                "namespace": "monitoring",
                "labels": {"release": "kps"},
            },
            "spec": {"groups": [GROUP]},
        }
    }


def test_every_alert_has_the_labels_of_the_platform(deploy):
    recorded = {"record": "kitchen:fires", "expr": "max(fire)"}
    group = GROUP | {"rules": [RULE, recorded]}
    ours = {"platform": "shop", "stack": "blue"}

    _, objects = declared(deploy, files={"food": [group]}, alert_labels=ours)

    labelled = RULE | {"labels": RULE["labels"] | ours}
    assert objects["rules-food"]["spec"] == {"groups": [GROUP | {"rules": [labelled, recorded]}]}


def test_the_objects_names_have_the_requested_prefix(deploy):
    _, objects = declared(deploy, object_prefix="shop-")

    assert objects["rules-food"]["metadata"]["name"] == "shop-food"


def test_rules_that_prometheus_would_not_select_or_read_are_refused():
    with pytest.raises(InvalidArgumentsError) as refused:
        AlertRules("rules", {"namespace": "m", "labels": {}, "files": {"food": [{"rules": []}]}})

    assert str(refused.value) == (
        "AlertRules 'rules' is not declared: labels: none: pass the labels that Prometheus selects "
        "rules by; files.food[0]: a group has a `name` and `rules`: add them"
    )


@pytest.mark.parametrize(
    ("part", "text", "reason"),
    [
        ("annotations", "{{ $value | humanise }}", "unknown function humanise: use humanize"),
        ("annotations", "{{ $value", "the action has no end: add }}"),
        ("labels", "{{ $lables.a }}", "unknown variable $lables: use $labels"),
    ],
)
def test_a_text_for_which_prometheus_would_drop_the_file_is_refused(part, text, reason):
    group = GROUP | {"rules": [RULE, RULE | {part: {"a": text}}]}
    with pytest.raises(InvalidArgumentsError) as refused:
        AlertRules("rules", {"namespace": "m", "labels": {"a": "b"}, "files": {"food": [group]}})

    assert str(refused.value) == (
        f"AlertRules 'rules' is not declared: files.food[0].rules[1].{part}.a: {text!r}: {reason}"
    )
