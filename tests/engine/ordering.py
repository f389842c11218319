"""
The order of the files, and the sandboxes that no later file needs.

A running sandbox costs a fifth of a core, even if nobody uses it.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

Rank = tuple[int, bool, float]

# What starts servers, in the order in which files get it; `nothing` comes before all.
_FIXTURES = ("cluster", "small_sandbox", "copied", "shared_sandbox")


def sort(items: list[pytest.Item]) -> None:
    """
    Sort *items* by file: first those without a sandbox, last those that share the large one.

    So servers start late, and end together. Files that disturb a shared sandbox come after the
    other ones, and the longest of each kind comes first. One file with a copy of the stopped
    sandbox starts at once, so that no worker waits for that. A file is sorted as a whole: its tests
    share fixtures.
    """
    ranks: dict[Path, Rank] = {}
    for item in items:
        ranks[item.path] = max(ranks.get(item.path, (0, False, 0.0)), _rank(item))
    items.sort(key=lambda item: (*ranks[item.path][:2], -ranks[item.path][2]))
    copying = [item.path for item in items if "copied" in _needed(item)]
    items.sort(key=lambda item: item.path not in copying[:1])


def last_uses(items: Sequence[pytest.Item]) -> Mapping[str, Path]:
    """
    Return, for each fixture that starts servers, the last file that needs it.

    A later test of that file may not need it, but the file's own fixtures end after that test.
    """
    return {name: item.path for item in items for name in _needed(item)}


def _rank(item: pytest.Item) -> Rank:
    needed = [1 + _FIXTURES.index(name) for name in _needed(item)]
    minutes = item.get_closest_marker("minutes")
    return (
        max(needed, default=0),
        item.get_closest_marker("disturbs") is not None,
        float(minutes.args[0]) if minutes else 0.0,
    )


def _needed(item: pytest.Item) -> set[str]:
    fixtures = set(getattr(item, "fixturenames", ()))
    if "sandbox" in fixtures:
        fixtures.add(_sandbox_of(item))
    return fixtures.intersection(_FIXTURES)


def _sandbox_of(item: pytest.Item) -> str:
    if item.get_closest_marker("own_sandbox"):
        return "copied"
    return "small_sandbox" if item.get_closest_marker("small_sandbox") else "shared_sandbox"
