"""What the engine writes is read in one place."""

import pytest

from waqiti.notation import value_at


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("rules[1].name", "b"),
        ('labels["a.b/c"]', 1),
        ("rules[7].name", None),
        ("labels.missing.deeper", None),
    ],
)
def test_a_path_of_the_engine_leads_to_its_value(path, value):
    properties = {"rules": [{"name": "a"}, {"name": "b"}], "labels": {"a.b/c": 1}}

    assert value_at(properties, path) == value
