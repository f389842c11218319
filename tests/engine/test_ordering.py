"""The order of the test files, and the last use of each sandbox."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.engine import ordering


@dataclass
class Item:
    """What the order depends on: the file of a test, its fixtures and its markers."""

    path: Path
    fixturenames: tuple[str, ...] = ()
    marks: tuple[pytest.MarkDecorator, ...] = ()

    def get_closest_marker(self, name):
        return next((mark.mark for mark in self.marks if mark.name == name), None)


SANDBOX = ("sandbox",)
MARK = pytest.mark
ITEMS = [
    Item(Path("killing"), SANDBOX, (MARK.disturbs, MARK.minutes(9))),
    Item(Path("short"), SANDBOX, (MARK.minutes(1),)),
    Item(Path("small"), SANDBOX, (MARK.small_sandbox,)),
    Item(Path("counting"), SANDBOX, (MARK.own_sandbox,)),
    Item(Path("copying"), ("copied",), (MARK.minutes(2),)),
    Item(Path("long"), SANDBOX, (MARK.minutes(2),)),
    Item(Path("cluster"), ("cluster",)),
    Item(Path("words")),
    Item(Path("programs"), marks=(MARK.minutes(3),)),
]


def test_servers_start_late_and_those_who_disturb_come_last():
    items: list[Any] = list(ITEMS)
    ordering.sort(items)

    assert [str(item.path) for item in items] == [
        *("copying", "programs", "words", "cluster", "small", "counting", "long", "short"),
        "killing",
    ]


def test_the_tests_of_a_file_stay_together_and_the_neediest_decides():
    items: list[Any] = [Item(Path("mixed")), Item(Path("words")), Item(Path("mixed"), ("cluster",))]
    ordering.sort(items)

    assert [str(item.path) for item in items] == ["words", "mixed", "mixed"]


def test_the_last_use_of_each_sandbox_is_known():
    items: list[Any] = list(ITEMS)
    ordering.sort(items)

    assert ordering.last_uses(items) == {
        "cluster": Path("cluster"),
        "small_sandbox": Path("small"),
        "copied": Path("counting"),
        "shared_sandbox": Path("killing"),
    }
