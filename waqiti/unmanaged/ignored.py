"""Unmanaged objects that may be there, each with a reason."""

import re
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, Field, TypeAdapter

from catalog.problems import InvalidFilesError, Problems
from catalog.reading import file_name, files_of, read_model
from catalog.strict import Strict
from waqiti.unmanaged.thing import KINDS, Thing

IGNORED = Path("ignored")
_ANYTHING = "*"


def _known(kind: str) -> str:
    known = [one for kinds in KINDS.values() for one in kinds]
    if kind not in known:
        raise ValueError(f"no such kind: use one of {', '.join(known)}")
    return kind


class Ignored(Strict):
    """
    Objects that are not reported.

    Args:
        kind: Their kind, as reports write it.
        name: Their name, as reports write it; `*` stands for any text.
        reason: Why nobody has to declare them.
    """

    kind: Annotated[str, AfterValidator(_known)]
    name: Annotated[str, Field(min_length=1)]
    reason: Annotated[str, Field(min_length=10)]

    def matches(self, thing: Thing) -> bool:
        """Return whether *thing* is one of the objects."""
        pattern = ".*".join(map(re.escape, self.name.split(_ANYTHING)))
        return self.kind == thing.kind and bool(re.fullmatch(pattern, thing.name, re.DOTALL))


_FILE = TypeAdapter(tuple[Ignored, ...])


def read_ignored(stack: str, folder: Path = IGNORED) -> Sequence[Ignored]:
    """
    Return the ignored objects of *stack*; without a file of its name there are none.

    Raises:
        InvalidFilesError: A file is not valid; the message lists every problem.
    """
    if not folder.is_dir():
        return ()
    found = Problems()
    ignored: tuple[Ignored, ...] = ()
    for path in files_of(folder, ".yaml", found):
        if not (folder.parent / f"Pulumi.{path.name}").exists():
            found.add(file_name(path), f"there is no Pulumi.{path.name}: correct the name")
        elif path.stem == stack:
            ignored = read_model(_FILE, path, found) or ()
            for problem in _repeated(ignored):
                found.add(file_name(path), problem)
    if found.by_file:
        raise InvalidFilesError(found.report())
    return ignored


def stale(
    stack: str, ignored: Sequence[Ignored], found: Collection[Thing], silent: Collection[str]
) -> Iterator[str]:
    """
    Yield a sentence for each entry that matches nothing.

    Args:
        stack: The stack of the entries.
        ignored: The entries.
        found: The unmanaged objects.
        silent: The kinds of which more objects may exist.
    """
    for number, one in enumerate(ignored):
        if one.kind not in silent and not any(map(one.matches, found)):
            yield (
                f"{IGNORED}/{stack}.yaml: {number}: there is no such unmanaged object: remove it "
                f"(got {one.kind} {one.name})"
            )


def _repeated(ignored: Sequence[Ignored]) -> Iterator[str]:
    seen: set[tuple[str, str]] = set()
    for number, one in enumerate(ignored):
        if (one.kind, one.name) in seen:
            yield f"{number}: {one.kind} {one.name} is there twice: remove one"
        seen.add((one.kind, one.name))
