"""The ledger of operations, which is the outbox of their records too."""

import contextlib
import dataclasses
import sqlite3
from pathlib import Path

import pytest

from sandbox.estate.workload.ledger import Ledger, Operation

OPERATION = Operation(at=100.0, kind="encrypt", service="payment-service", key="payment-key-1")


def at(*moments: float) -> list[Operation]:
    return [dataclasses.replace(OPERATION, at=moment) for moment in moments]


def awaited(ledger: Ledger, until: float = 1e9, most: int = 100) -> list[int]:
    return [entry.number for entry in ledger.awaiting(until, most)]


def rows(file: Path, question: str) -> list[tuple[object, ...]]:
    with contextlib.closing(sqlite3.connect(file)) as connection:
        return connection.execute(question).fetchall()


@pytest.fixture
def file(tmp_path):
    return tmp_path / "data" / "book.sqlite"


@pytest.fixture
def ledger(file):
    opened = Ledger(file)
    yield opened
    opened.close()


def test_an_operation_awaits_its_record_until_it_is_written(ledger):
    ledger.enter(at(100, 101, 102))
    before = awaited(ledger)
    ledger.written([1, 3])

    assert before == [1, 2, 3]
    assert awaited(ledger) == [2]


def test_it_returns_the_operations_that_were_entered(ledger):
    ledger.enter([OPERATION])

    assert [entry.operation for entry in ledger.awaiting(1e9, 1)] == [OPERATION]


def test_an_operation_whose_record_is_lost_awaits_none(ledger):
    ledger.enter([dataclasses.replace(OPERATION, audited=False), OPERATION])

    assert awaited(ledger) == [2]


def test_only_due_operations_up_to_the_limit_are_returned(ledger):
    ledger.enter(at(100, 101, 102))

    assert awaited(ledger, until=101) == [1, 2]
    assert awaited(ledger, most=1) == [1]


def test_it_is_persistent(ledger, file):
    ledger.enter(at(100, 101))
    ledger.written([1])
    again = Ledger(file)
    found = (again.name, awaited(again))
    again.close()

    assert found == (ledger.name, [2])
    assert rows(file, "SELECT name FROM book") == [(ledger.name,)]


def test_it_deletes_old_operations_but_none_that_awaits_its_record(ledger, file):
    ledger.enter(at(100, 101, 102))
    ledger.written([1, 3])
    ledger.forget_before(102)

    assert awaited(ledger) == [2]
    assert rows(file, "SELECT number FROM operations") == [(2,), (3,)]


def test_no_number_is_used_twice(ledger):
    ledger.enter(at(100))
    ledger.written([1])
    ledger.enter(at(101))
    ledger.written([2])
    ledger.forget_before(101)
    ledger.forget_before(1e9)
    ledger.enter(at(102))

    assert awaited(ledger) == [3]


def test_each_ledger_has_its_own_name(ledger, tmp_path):
    other = Ledger(tmp_path / "other.sqlite")
    other.close()

    assert ledger.name != other.name
