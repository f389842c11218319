"""The comparison of operations and records: missing, duplicate and foreign records."""

import sqlite3

import pytest

from sandbox.estate.workload.comparison import CouldNotTellError, Report, Window, compare, reconcile
from sandbox.estate.workload.ledger import Ledger, Operation
from sandbox.estate.workload.server import ledger_file
from sandbox.servers import SERVERS
from sandbox.world import World

WINDOW = Window(since=0, until=1000)


@pytest.fixture
def world(tmp_path):
    return World(tmp_path, 20000, SERVERS)


def found(numbers, recorded, **expected):
    report = compare("book", numbers, recorded, WINDOW)
    complete = {"records": len(numbers), "missing": [], "duplicates": [], "foreign": 0}
    expected = {**complete, **expected}
    return report, Report(window=WINDOW, operations=len(numbers), **expected)


def test_a_trail_with_a_record_for_every_operation_is_complete():
    report, expected = found([4, 5, 6], ["book-6", "book-4", "book-5"])

    assert report == expected


def test_every_missing_record_is_reported():
    report, expected = found(
        [4, 5, 6, 7], ["book-5"], records=1, missing=["book-4", "book-6", "book-7"]
    )

    assert report == expected


def test_a_duplicate_record_does_not_hide_a_missing_one():
    """By the number of records, this trail would be complete."""
    report, expected = found(
        [4, 5, 6],
        ["book-4", "book-4", "book-6", "book-4"],
        records=2,
        missing=["book-5"],
        duplicates=["book-4"],
    )

    assert report == expected


def test_records_of_operations_outside_the_window_are_ignored():
    report, expected = found([4, 6], ["book-3", "book-4", "book-5", "book-6", "book-7"])

    assert report == expected


def test_records_without_an_operation_in_the_ledger_are_counted():
    report, expected = found([4], ["other-4", "book-4", None, {"book": 4}], foreign=3)

    assert report == expected


def test_a_report_has_numbers_ids_and_window():
    report, _ = found([4, 5, 6], ["book-4", "book-4", "forged"])

    assert str(report).splitlines() == [
        "audit trail: a gap: 2 operations have no record",
        "window       1970-01-01T00:00:00+00:00 to 1970-01-01T00:16:40+00:00",
        "operations   3",
        "records      1",
        "missing      2: book-5, book-6",
        "duplicates   1: book-4",
        "foreign      1",
    ]


def test_a_report_of_a_long_gap_stays_short():
    report, _ = found(list(range(1, 1001)), [])

    assert str(report).splitlines()[4].endswith("book-19, book-20, and 980 more")


def test_a_ledger_that_is_missing_is_inconclusive(world):
    with pytest.raises(CouldNotTellError, match=r"workload\.sqlite cannot be read: unable to open"):
        reconcile(world, WINDOW)


def test_an_invalid_ledger_is_inconclusive(world):
    ledger_file(world).parent.mkdir()
    sqlite3.connect(ledger_file(world)).close()

    with pytest.raises(CouldNotTellError, match="cannot be read: no such table: book"):
        reconcile(world, WINDOW)


def test_a_window_without_operations_is_inconclusive(world):
    Ledger(ledger_file(world)).close()

    with pytest.raises(CouldNotTellError, match="no operation in the window: nothing was verified"):
        reconcile(world, WINDOW)


def test_a_window_that_was_deleted_from_the_ledger_is_inconclusive(world):
    ledger = Ledger(ledger_file(world))
    ledger.enter([Operation(at=at, kind="encrypt", service="s", key="k") for at in (100, 900)])
    ledger.forget_before(500)
    ledger.close()

    with pytest.raises(CouldNotTellError, match="keeps nothing from before 1970-01-01T00:08:20"):
        reconcile(world, WINDOW)
