"""The condition of a key follows from names and dates; no value is known here."""

from datetime import UTC, datetime, timedelta

import pytest

from clients.secret_names import Names
from waqiti.secrets import Wanted, conditions

NOW = datetime(2026, 11, 29, tzinfo=UTC)


def wanted(writer="operator", days: int | None = 90):
    return Wanted("external/bank", ("id", "token"), writer, "engineering", days)


def names(*keys, age=0, placeholders=()):
    return Names(
        version=3,
        keys=frozenset(keys),
        written=NOW - timedelta(days=age),
        placeholders=frozenset(placeholders),
    )


@pytest.mark.parametrize(
    ("one", "seen", "found"),
    [
        (wanted(), names("id", "token", "more"), ["filled", "filled"]),
        (wanted("vault"), names("id", "token"), ["generated", "generated"]),
        (wanted("pulumi"), names("id", "token"), ["generated", "generated"]),
        (wanted(), Names(), ["missing", "missing"]),
        (wanted(), names("id", age=91), ["older than 90 days", "missing"]),
        (wanted(), names("id", "token", age=90), ["filled", "filled"]),
        (wanted(days=None), names("id", "token", age=9000), ["filled", "filled"]),
        (
            wanted(),
            names("id", "token", age=91, placeholders=["id"]),
            ["placeholder", "older than 90 days"],
        ),
    ],
)
def test_a_key_has_one_condition(one, seen, found):
    assert list(conditions(one, seen, NOW)) == list(zip(("id", "token"), found, strict=True))
