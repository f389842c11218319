"""A secret that differs is reported by the names of its keys."""

import pytest

from waqiti.verify.vault import differing_keys


@pytest.mark.parametrize(
    ("written", "held", "differing"),
    [
        ({"a": "1"}, {"a": "1"}, []),
        ({"a": "1", "b": "2"}, {"a": "1", "b": "3"}, ["b"]),
        ({"a": "1"}, {}, ["a"]),
        ({}, {"a": "1"}, ["a"]),
        ({"a": "1"}, {"a": 1}, ["a"]),
        ({"a": {"x": 1, "y": 2}}, {"a": {"y": 2, "x": 1}}, []),
    ],
)
def test_keys_whose_values_differ_are_reported(written, held, differing):
    assert differing_keys(written, held) == differing
