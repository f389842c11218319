"""Invalid arguments are refused in one sentence, from any program."""

from typing import Any, NotRequired, TypedDict

import pulumi
import pytest

from components.arguments import InvalidArgumentsError, checked


class Item(TypedDict):
    size: int


class Args(TypedDict):
    name: pulumi.Input[str]
    count: NotRequired[int | None]
    on: NotRequired[bool]
    items: NotRequired[list[Item]]
    labels: NotRequired[dict[str, pulumi.Input[str]]]
    anything: NotRequired[Any]


def refusal(args: Any) -> str:
    with pytest.raises(InvalidArgumentsError) as refused:
        checked("Thing", "mine", Args, args)
    return str(refused.value).removeprefix("Thing 'mine' is not declared: ")


@pytest.mark.parametrize(
    ("args", "reason"),
    [
        ({}, "name: missing: pass it"),
        ({"name": 1}, "name: 1 is not a string: pass a string"),
        ({"name": "a", "count": True}, "count: True is not a whole number: pass a whole number"),
        ({"name": "a", "count": 1.5}, "count: 1.5 is not a whole number: pass a whole number"),
        ({"name": "a", "on": "yes"}, "on: 'yes' is not true or false: pass true or false"),
        ({"name": "a", "items": {}}, "items: {} is not a list: pass a list"),
        (
            {"name": "a", "items": [{"size": "x"}]},
            "items[0].size: 'x' is not a whole number: pass a whole number",
        ),
        ({"name": "a", "labels": {"b": 1}}, "labels.b: 1 is not a string: pass a string"),
        ({"name": "a", "colour": 1}, "colour: unknown argument: remove it or correct its name"),
        ([], "(arguments): [] is not a map: pass a map"),
        (
            {"count": "x", "on": 1},
            (
                "name: missing: pass it; count: 'x' is not a whole number: pass a whole number; "
                "on: 1 is not true or false: pass true or false"
            ),
        ),
    ],
)
def test_a_wrong_value_is_named_with_its_path_and_remedy(args, reason):
    assert refusal(args) == reason


def test_an_absent_value_and_a_float_of_the_component_host_are_accepted():
    clean = checked("Thing", "mine", Args, {"name": "a", "count": 2.0, "on": None})

    assert clean == {"name": "a", "count": 2}
    assert isinstance(clean["count"], int)


def test_an_output_is_accepted_where_an_input_is_declared(deploy):
    outcomes: list[Any] = []

    def program():
        name, count = pulumi.Output.from_input("a"), pulumi.Output.from_input(1)
        outcomes.append(checked("Thing", "mine", Args, {"name": name})["name"] is name)
        outcomes.append(refusal({"name": name, "count": count}))

    deploy(program)

    assert outcomes == [
        True,
        "count: must be known at preview: pass a plain value, not an output",
    ]


def test_the_component_host_reports_the_path_and_reason_of_each_problem():
    with pytest.raises(InvalidArgumentsError) as refused:
        checked("Thing", "mine", Args, {})

    assert refused.value.errors == [{"property_path": "name", "reason": "missing: pass it"}]
