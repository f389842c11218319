import re

import pytest

from tests.conftest import ROOT

FOLDER = ROOT / "docs" / "adr"
RECORDS = sorted(FOLDER.glob("[0-9]*.md"))
HEADINGS = ["Status", "Context", "Decision", "Rejected options"]


def row_of(record):
    """Return the row of a record in the index."""
    number = record.name[:4]
    text = record.read_text()
    title = text.splitlines()[0].removeprefix(f"# {number}. ")
    status = text.partition("## Status\n")[2].splitlines()[0]
    return f"| [{number}]({record.name}) | {title} | {status} |"


def test_the_index_lists_exactly_the_records_with_their_titles():
    index = (FOLDER / "README.md").read_text().splitlines()

    assert [line for line in index if line.startswith("| [")] == [row_of(r) for r in RECORDS]


def test_the_records_are_numbered_consecutively():
    assert [record.name[:4] for record in RECORDS] == [
        f"{number:04}" for number in range(1, len(RECORDS) + 1)
    ]


def test_the_folder_has_only_records_and_their_index():
    assert sorted(FOLDER.iterdir()) == sorted([FOLDER / "README.md", *RECORDS])


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: record.name)
def test_the_file_name_of_a_record_follows_from_its_title(record):
    title = record.read_text().splitlines()[0].removeprefix("# ")

    assert record.stem == re.sub(r"[^a-z0-9]+", "-", title.lower())


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: record.name)
def test_a_record_has_its_headings(record):
    headings = re.findall(r"^## (.+)$", record.read_text(), re.MULTILINE)

    assert headings == HEADINGS
