"""A plan has what changes, with values before and after, and never a secret."""

import json

import pytest

from clients.failures import NoAnswerError
from tests.waqiti.pipeline.plan.previews import KV, SHOWN, TOPIC, preview, step, urn
from waqiti.pipeline.plan import Change, Plan, Value
from waqiti.pipeline.plan.reading import read_plan


def values(*steps):
    (change,) = read_plan("prod", preview(*steps)).changes
    return change.values


def test_operations_are_ordered_by_danger_and_a_replacement_is_one_change():
    new, old = {"partitions": 12}, {"partitions": 10}
    plan = read_plan(
        "prod",
        preview(
            step("same", TOPIC, "same", old, old),
            step("create", TOPIC, "b", now=new),
            step("create", TOPIC, "a", now=new),
            step("create-replacement", TOPIC, "r", old, new),
            step("replace", TOPIC, "r", old, new),
            step("delete-replaced", TOPIC, "r", old),
            step("update", TOPIC, "u", old, new),
            step("delete", TOPIC, "d", old),
        ),
    )

    created, changed = [Value("partitions", None, "12")], [Value("partitions", "10", "12")]
    assert plan == Plan(
        "prod",
        [
            Change("delete", urn(TOPIC, "d"), [Value("partitions", "10", None)]),
            Change("replace", urn(TOPIC, "r"), changed),
            Change("update", urn(TOPIC, "u"), changed),
            Change("create", urn(TOPIC, "a"), created),
            Change("create", urn(TOPIC, "b"), created),
        ],
    )


def test_components_and_the_stack_are_no_changes():
    component = step("create", "waqiti:index:Paging", "paging", now={})
    component["newState"]["custom"] = False

    assert read_plan("prod", preview(component)) == Plan("prod", [])


def test_a_changed_secret_is_named_and_not_shown():
    inputs = {"dataJson": SHOWN, "nested": {"list": [{"key.with.dots": SHOWN}]}, "__defaults": []}
    paths = ["dataJson", 'nested.list[0]["key.with.dots"]']

    assert values(step("update", KV, "s", inputs, inputs, paths)) == [
        Value("dataJson", SHOWN, SHOWN),
        Value('nested.list[0]["key.with.dots"]', SHOWN, SHOWN),
    ]


def test_a_secret_beside_a_changed_value_is_named():
    before, now = {"a": "x", "b": SHOWN}, {"a": "y", "b": SHOWN}

    assert values(step("update", KV, "s", before, now, ["a", "b"])) == [
        Value("a", "x", "y"),
        Value("b", SHOWN, SHOWN),
    ]


def test_the_credential_of_a_provider_is_no_part_of_a_plan():
    kind = "pulumi:providers:grafana"
    with_token, without = {"auth": SHOWN, "url": "u"}, {"url": "u"}

    assert read_plan("prod", preview(step("update", kind, "g", with_token, without))).changes == []
    assert values(step("update", kind, "g", with_token, {"url": "v"})) == [Value("url", "u", "v")]


def test_a_json_text_is_compared_by_its_values_and_panels_by_title():
    def board(title, unit):
        panel = {"title": "Rate", "unit": unit}
        return {"configJson": json.dumps({"title": title, "panels": [panel]})}

    assert values(step("update", "d", "d", board("A", "s"), board("B", "ms"))) == [
        Value("panel 'Rate': unit", "s", "ms"),
        Value("configJson.title", "A", "B"),
    ]


def test_a_value_that_the_up_makes_is_named_so():
    unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"

    assert values(step("create", "s", "s", now={"a": unknown, "b": [unknown]})) == [
        Value("a", None, "(known after the up)"),
        Value("b", None, "[(known after the up)]"),
    ]


def test_every_problem_of_a_refusal_is_one_sentence():
    errors = (
        "error: Pulumi.prod.yaml is not valid:\n  a: too small (got 0)\n  b: unknown key\n",
        "error: unable to replace\n resource x",
        "error: unable to replace\n resource x",
    )

    assert read_plan("prod", preview(errors=errors)) == Plan(
        "prod",
        refusals=[
            "Pulumi.prod.yaml is not valid: a: too small (got 0)",
            "Pulumi.prod.yaml is not valid: b: unknown key",
            "unable to replace resource x",
        ],
    )


@pytest.mark.parametrize(
    "document",
    [{}, {"diagnostics": [], "steps": [{"op": "update"}]}, {"diagnostics": [{}], "steps": []}],
)
def test_another_form_is_refused(document):
    if document.get("steps"):
        document["steps"][0]["newState"] = {"custom": True}
    with pytest.raises(NoAnswerError, match="use the version of pulumi"):
        read_plan("prod", document)


def test_an_unknown_operation_is_refused():
    with pytest.raises(NoAnswerError, match="the operation 'move', which is not known"):
        read_plan("prod", preview(step("move", TOPIC, "t", {}, {})))
