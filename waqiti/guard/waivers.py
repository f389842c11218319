"""Waivers: dangerous changes that a person allows, each with a reason and for a time."""

from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Annotated

from pydantic import Field, TypeAdapter

from catalog.problems import InvalidFilesError, Problems
from catalog.reading import file_name, files_of, read_model
from catalog.strict import Strict
from waqiti.guard.dangers import Danger

WAIVERS = Path("waivers")


class Waiver(Strict):
    """
    One dangerous change that may happen.

    Args:
        urn: The resource.
        property: The property that may change, `protect`, `delete` or `replace`.
        reason: Why it may.
        approver: Who allows it.
        expires: The last day (UTC) on which it may.
    """

    urn: Annotated[str, Field(pattern=r"^urn:pulumi:")]
    property: Annotated[str, Field(min_length=1)]
    reason: Annotated[str, Field(min_length=10)]
    approver: Annotated[str, Field(min_length=1)]
    expires: date


_WAIVERS = TypeAdapter(tuple[Waiver, ...])


def read_waivers(
    stack: str, dangers: Sequence[Danger], today: date, folder: Path = WAIVERS
) -> Sequence[Waiver]:
    """
    Return the waivers of *stack*; without a file of its name there are none.

    Args:
        stack: The stack.
        dangers: What its plan has; each waiver must allow one of them.
        today: The day on which a waiver must still hold.
        folder: The folder of the files.

    Raises:
        InvalidFilesError: A waiver is wrong, has expired or is not used; the message lists all.
    """
    if not folder.is_dir():
        return ()
    found = Problems()
    waivers: tuple[Waiver, ...] = ()
    for path in files_of(folder, ".yaml", found):
        if not (folder.parent / f"Pulumi.{path.name}").exists():
            found.add(file_name(path), f"there is no Pulumi.{path.name}: correct the name")
        elif path.stem == stack:
            waivers = read_model(_WAIVERS, path, found) or ()
            for problem in _problems(waivers, dangers, today):
                found.add(file_name(path), problem)
    if found.by_file:
        raise InvalidFilesError(found.report())
    return waivers


def _problems(waivers: Sequence[Waiver], dangers: Sequence[Danger], today: date) -> Iterator[str]:
    used = {(danger.urn, danger.property) for danger in dangers}
    seen: set[tuple[str, str]] = set()
    for number, waiver in enumerate(waivers):
        key = (waiver.urn, waiver.property)
        if key in seen:
            yield f"{number}: {waiver.property} of {waiver.urn} is there twice: remove one"
        elif key not in used:
            yield (
                f"{number}: the plan has no such change: remove it (got {waiver.property} of "
                f"{waiver.urn})"
            )
        if waiver.expires < today:
            yield (
                f"{number}.expires: it has expired: remove it, or have it approved again (got "
                f"'{waiver.expires}')"
            )
        seen.add(key)
