"""The page of the faults has exactly the faults that the tests inject."""

from tests.engine.faults.cases import SECTIONS
from tests.engine.faults.page import PAGE, render, written


def test_the_page_has_a_row_for_each_fault_and_nothing_else():
    rows = written()

    faults = [(section, fault) for section, (_, faults) in SECTIONS.items() for fault in faults]
    assert [fault for fault in faults if fault not in rows] == []
    assert render(rows) == PAGE.read_text()
