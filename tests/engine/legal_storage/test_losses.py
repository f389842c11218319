"""A loss stays a problem until the documents are back, or until a person accepts it."""

import json
from datetime import UTC, datetime

import pytest

PERSON = ("--by", "J. Doe, legal", "--reason", "deleted on purpose")


@pytest.fixture
def full(pod):
    """Provide a volume with 31 documents that were backed up: three of thirty are ten percent."""
    file = pod.folder / "configuration.json"
    described = json.loads(file.read_text())
    file.write_text(json.dumps(described | {"largest_loss_percent": 10}))
    for number in range(31):
        pod.write(f"rfpa/{number:03}.pdf", b"%d" % number)
    assert pod.run("backup")["code"] == 0
    return pod


def lose(pod, number):
    for path in sorted(pod.documents.rglob("*.pdf"))[:number]:
        path.unlink()


def test_a_small_loss_is_reported_once_a_larger_one_until_it_is_accepted_or_restored(full):
    today = datetime.now(UTC).date()
    lose(full, 2)
    assert full.run("backup")["problems"] == [
        f"rfpa/{number}.pdf: gone from the volume since {today}: "
        f"`python -m legal_storage restore rfpa/{number}.pdf` brings it back"
        for number in ("000", "001")
    ]
    assert full.run("backup")["problems"] == []

    lose(full, 2)
    numbers = ["000", "001", "002", "003"]
    for _ in range(2):
        problems = full.run("backup")["problems"]
        assert [problem.partition(":")[0] for problem in problems] == [
            f"rfpa/{number}.pdf" for number in numbers
        ]

    full.be("officer")
    assert full.run("acknowledge", "rfpa/000.pdf", *PERSON)["acknowledged"] == ["rfpa/000.pdf"]
    full.be("backup")
    assert full.run("backup")["problems"] == []  # three of thirty are ten percent
    assert full.run("report")["missing"] == [f"rfpa/{number}.pdf" for number in numbers[1:]]
    assert full.run("restore")["restored"] == [f"rfpa/{number}.pdf" for number in numbers]


def test_an_emptied_volume_stays_a_problem_until_a_person_accepts_it(full):
    lose(full, 31)

    first, second = full.run("backup"), full.run("backup")
    accepted = full.run("acknowledge", *PERSON)

    assert (first["code"], first["documents"]) == (1, 0)
    sentence = (
        "31 of 31 documents are gone from the volume, such as rfpa/000.pdf: `python -m "
        "legal_storage restore` brings them back; `python -m legal_storage acknowledge` accepts "
        "the loss"
    )
    assert first["problems"] == second["problems"] == [sentence]
    assert accepted["acknowledged"] == "all"
    assert full.run("backup")["code"] == 0


def test_many_changes_at_once_are_reported(full):
    for number in range(4):
        full.write(f"rfpa/{number:03}.pdf", b"encrypted by somebody else")

    assert full.run("backup")["problems"] == [
        "4 of 31 documents have changed at once, such as rfpa/000.pdf"
    ]
    assert full.run("backup")["problems"] == []


def test_nobody_accepts_what_is_not_reported_or_without_a_reason(full):
    assert full.run("acknowledge", "rfpa/000.pdf", *PERSON)["problems"] == [
        "no backup reports as lost or changed: rfpa/000.pdf"
    ]
    assert full.run("acknowledge", "--by", "J. Doe", "--reason", "")["code"] == 2
