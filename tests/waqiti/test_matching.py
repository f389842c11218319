"""What exists is ours if it has everything that was declared."""

import json

import pytest

from waqiti.matching import differing

SECRET = {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", "ciphertext": "x"}
UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"


def board(**changes):
    panel = {"title": "Rate", "id": 1, "max": 5.0}
    return json.dumps({"title": "T", "panels": [panel]} | changes)


@pytest.mark.parametrize(
    ("declared", "found"),
    [
        ({"name": "a"}, {"name": "a", "default": 1}),
        ({"name": "a", "disableRead": False}, {"name": "a"}),
        ({"timeout": "1800"}, {"timeout": 1800}),
        ({"partitions": 10}, {"partitions": 10.0}),
        ({"__defaults": ["x"], "name": "a"}, {"name": "a"}),
        ({"spec": {"rules": [{"a": 1}]}}, {"spec": {"rules": [{"a": 1, "b": 2}], "c": 3}}),
        ({"key": SECRET}, {"key": "anything"}),
        ({"key": "anything"}, {"key": SECRET}),
        ({"policy": UNKNOWN, "none": None}, {"policy": "P1"}),
        ({"json": board()}, {"json": '{"panels": [{"max": 5, "title": "Rate"}], "title": "T"}'}),
    ],
)
def test_defaults_forms_and_secrets_are_no_difference(declared, found):
    assert differing(declared, found) == []


@pytest.mark.parametrize(
    ("declared", "found", "keys"),
    [
        ({"name": "a", "size": 1}, {}, ["name", "size"]),
        ({"rules": [1, 2]}, {"rules": [1]}, ["rules"]),
        ({"spec": {"a": {"b": 1}}}, {"spec": {"a": {"b": 2}}}, ["spec"]),
        ({"json": board()}, {"json": board(title="Other")}, ["json"]),
        ({"json": board()}, {"json": "no JSON"}, ["json"]),
    ],
)
def test_what_was_declared_otherwise_is_reported_by_its_key(declared, found, keys):
    assert differing(declared, found) == keys
