"""The comparison of operations and records: missing, duplicate and foreign records."""

from audit_reconciliation.comparison import Report, compare
from audit_reconciliation.operations import Operations
from audit_reconciliation.outcome import Outcome, Window

WINDOW = Window(since=0, until=1000)


def found(ranges, recorded, **expected):
    operations = Operations(ledger="book", ranges=ranges)
    report = compare(operations, recorded, WINDOW)
    return report, Report(window=WINDOW, operations=operations.count, **expected)


def test_a_trail_with_a_record_for_every_operation_is_complete():
    recorded = ["book-6", "book-4", "book-5"]
    report, expected = found([(4, 6)], recorded, missing_ids=[], duplicate_ids=[])

    assert report == expected
    assert expected.operations == 3


def test_every_missing_record_is_reported():
    report, expected = found(
        [(4, 7)],
        ["book-5"],
        missing=3,
        missing_ids=["book-4", "book-6", "book-7"],
        duplicate_ids=[],
    )

    assert report == expected


def test_a_duplicate_record_does_not_hide_a_missing_one():
    """By the number of records, this trail would be complete."""
    report, expected = found(
        [(4, 6)],
        ["book-4", "book-4", "book-6", "book-4"],
        missing=1,
        missing_ids=["book-5"],
        duplicates=1,
        duplicate_ids=["book-4"],
    )

    assert report == expected


def test_records_of_operations_outside_the_window_are_ignored():
    recorded = ["book-3", "book-4", "book-5", "book-6", "book-7"]
    report, expected = found([(4, 4), (6, 6)], recorded, missing_ids=[], duplicate_ids=[])

    assert report == expected


def test_records_without_an_operation_in_the_ledger_are_counted():
    recorded = ["other-4", "book-4", None, {"book": 4}, "book-٤", "4", "book-"]
    report, expected = found([(4, 4)], recorded, missing_ids=[], duplicate_ids=[], foreign=6)

    assert report == expected


def test_a_report_has_numbers_ids_and_window():
    report, _ = found([(4, 6)], ["book-4", "book-4", "forged"])

    assert str(report).splitlines() == [
        "audit trail: a gap: 2 operations have no record",
        "window       1970-01-01T00:00:00+00:00 to 1970-01-01T00:16:40+00:00",
        "operations   3",
        "records      1",
        "missing      2: book-5, book-6",
        "duplicates   1: book-4",
        "foreign      1",
    ]


def test_a_report_of_a_long_gap_has_every_number_and_the_first_ids():
    report, _ = found([(1, 1500), (2001, 3000)], [])

    assert (report.missing, len(report.missing_ids)) == (2500, 1000)
    assert str(report).splitlines()[4].endswith("book-19, book-20, and 2480 more")


def test_what_is_kept_of_a_report_is_its_numbers():
    report, _ = found([(4, 6)], ["book-4", "book-4", "forged"])

    assert report.outcome(1100) == Outcome(
        at=1100, since=0, until=1000, operations=3, missing=2, duplicates=1, foreign=1
    )
