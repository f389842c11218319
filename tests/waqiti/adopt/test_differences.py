"""A difference is what a preview after the import shows, without a secret."""

import json

import pytest

from waqiti.adopt.differences import Comparison, comparisons

TOPIC = "kafka:index/topic:Topic"
BOARD = "grafana:oss/dashboard:Dashboard"


def step(op, kind, existing, declared, *paths):
    return {
        "op": op,
        "urn": "it",
        "oldState": {"type": kind, "inputs": existing, "outputs": existing},
        "newState": {"type": kind, "inputs": declared},
        "detailedDiff": {path: {"kind": "update", "inputDiff": False} for path in paths},
    }


@pytest.mark.parametrize(
    ("kind", "existing", "declared", "paths", "comparison"),
    [
        (
            TOPIC,
            {"config": {"retention.ms": "60000"}},
            {"config": {"retention.ms": "1"}},
            ['config["retention.ms"]'],
            Comparison(['config["retention.ms"]: "60000" → "1"']),
        ),
        (TOPIC, {}, {"name": "x"}, ["name"], Comparison(['name: not there → "x"'])),
        (
            "grafana:oss/folder:Folder",
            {},
            {"preventDestroyIfNotEmpty": True},
            ["preventDestroyIfNotEmpty"],
            Comparison(notes=["preventDestroyIfNotEmpty: true, in the state only"]),
        ),
        (
            "vault:kv/secretV2:SecretV2",
            {},
            {"dataJson": "[secret]"},
            ["dataJson"],
            Comparison(["dataJson: a secret, which is written without being compared"]),
        ),
        (
            BOARD,
            {"configJson": json.dumps({"panels": [{"title": "Rate", "unit": "s"}]})},
            {"configJson": json.dumps({"panels": [{"title": "Rate", "unit": "ms"}]})},
            ["configJson"],
            Comparison(['panel \'Rate\', unit: "s" → "ms"']),
        ),
    ],
    ids=["changed", "added", "option", "secret", "dashboard"],
)
def test_each_property_has_what_exists_and_what_is_declared(
    kind, existing, declared, paths, comparison
):
    assert comparisons([step("update", kind, existing, declared, *paths)]) == {"it": comparison}


def test_a_provider_without_details_names_the_properties():
    plain = step("update", TOPIC, {"partitions": 3}, {"partitions": 10})
    plain |= {"detailedDiff": None, "diffReasons": ["partitions"]}

    assert comparisons([plain]) == {"it": Comparison(["partitions: 3 → 10"])}


def test_what_would_be_replaced_is_marked():
    steps = [
        step(op, TOPIC, {"partitions": 20}, {"partitions": 10}, "__meta", "partitions")
        for op in ("create-replacement", "replace", "delete-replaced")
    ]

    assert comparisons(steps) == {"it": Comparison(["partitions: 20 → 10"], replaced=True)}


def test_a_missing_or_an_equal_resource_has_no_difference():
    assert comparisons([{"op": op, "urn": "it"} for op in ("create", "same")]) == {}
