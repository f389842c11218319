"""
Compare the component graphs of two stacks.

What differs in values is reviewed in the golden plans. This command compares types, names and
parents, which must be the same: what staging does not have was never tried before prod.
"""

import argparse
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from pydantic import Field, TypeAdapter

from catalog.problems import load
from catalog.reading import read_model
from catalog.strict import Strict
from grants.declared import UnknownStackError, graph
from grants.recording import Node
from waqiti.report import WRONG, Report

HELP = "report where two stacks do not have the same resources: types, names, parents"
ALLOWED = Path("parity.yaml")


class Allowed(Strict):
    """
    A resource that only one of two stacks has.

    Args:
        only_in: The stack that has it.
        not_in: The stack that does not.
        type: Its type.
        name: Its logical name.
        reason: Why the stacks may differ.
    """

    only_in: Annotated[str, Field(min_length=1)]
    not_in: Annotated[str, Field(min_length=1)]
    type: Annotated[str, Field(min_length=1)]
    name: Annotated[str, Field(min_length=1)]
    reason: Annotated[str, Field(min_length=10)]


_FILE = TypeAdapter(tuple[Allowed, ...])


@dataclass(frozen=True)
class Declaring:
    """
    A stack and its graph.

    Args:
        name: The stack.
        nodes: The place of each resource that the program declares for it.
    """

    name: str
    nodes: frozenset[Node]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the command."""
    parser.add_argument("stack")
    parser.add_argument("other", help="the stack that is compared with it")


def run(arguments: argparse.Namespace) -> int:
    """Run the command; return 0, 1 for a difference, 2 for a wrong file or name."""
    try:
        stacks = [Declaring(name, graph(name)) for name in (arguments.stack, arguments.other)]
    except UnknownStackError as error:
        print(f"error: {error}", file=sys.stderr)
        return WRONG
    return compare(stacks[0], stacks[1], read_allowed()).print()


def read_allowed(path: Path = ALLOWED) -> Sequence[Allowed]:
    """
    Return the differences that are allowed; without the file there are none.

    Raises:
        InvalidFilesError: The file is not valid; the message lists every problem.
    """
    if not path.exists():
        return ()
    return load(lambda found: read_model(_FILE, path, found)) or ()


def compare(one: Declaring, other: Declaring, allowed: Sequence[Allowed]) -> Report:
    """Return what differs between two stacks and is not allowed, and which entry allows nothing."""
    used: set[Allowed] = set()
    lines = [*_only(one, other, allowed, used), *_only(other, one, allowed, used)]
    pair = {one.name, other.name}
    wrong = [
        f"{ALLOWED.name}: {number}: {entry.only_in} and {entry.not_in} do not differ in it: remove "
        f"it (got {entry.type} {entry.name})"
        for number, entry in enumerate(allowed)
        if {entry.only_in, entry.not_in} == pair and entry not in used
    ]
    return Report(lines, wrong=wrong)


def _only(
    having: Declaring, lacking: Declaring, allowed: Sequence[Allowed], used: set[Allowed]
) -> Iterator[str]:
    """Yield a sentence for each resource that only *having* has; *used* collects the entries."""
    for node in sorted(having.nodes - lacking.nodes):
        entries = [
            entry
            for entry in allowed
            if (entry.only_in, entry.not_in) == (having.name, lacking.name)
            and (entry.type, entry.name) == (node.type, node.name)
        ]
        used.update(entries)
        if not entries:
            where = f"below {node.parent}" if node.parent else "at the top"
            yield f"{node.type} {node.name} {where}: {having.name} has it, {lacking.name} does not"
