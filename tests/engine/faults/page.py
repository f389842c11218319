"""
`docs/faults.md`: what each fault does, as the tests observed it.

A test compares its row. With UPDATE_GOLDEN=1 it writes the row instead.
"""

import os
import re
from collections.abc import Iterator, Mapping

from tests.conftest import ROOT
from tests.engine.faults.cases import SECTIONS

PAGE = ROOT / "docs" / "faults.md"

_HEAD = """\
# Faults

What happens if something fails while `pulumi up` runs. `tests/engine/faults` injects each fault
into the sandbox, runs `up` with the real engine, removes the fault, and takes the steps of the last
column. Then the state and every system are as after an `up` without a fault: nothing is missing,
and nothing exists twice. The tests write this page (`make faults`).
"""

Rows = Mapping[tuple[str, str], tuple[str, str]]


def check(section: str, fault: str, result: str, then: str) -> None:
    """Compare a row of the page with what was observed, or write it."""
    if "UPDATE_GOLDEN" not in os.environ:
        assert written().get((section, fault)) == (result, then)
        return
    PAGE.write_text(render({**written(), (section, fault): (result, then)}))


def written() -> Rows:
    """Return the rows of the page."""
    rows = {}
    section = ""
    for line in PAGE.read_text().splitlines() if PAGE.exists() else ():
        if line.startswith("## "):
            section = line.removeprefix("## ")
        elif match := re.fullmatch(r"\| (.+?) \| (.+?) \| (.+?) \|", line):
            rows[section, match[1]] = (match[2], match[3])
    return rows


def render(rows: Rows) -> str:
    """Return the page with the rows of the faults that exist, in their order."""
    return "\n".join([_HEAD, *_sections(rows)])


def _sections(rows: Rows) -> Iterator[str]:
    for section, (note, faults) in SECTIONS.items():
        yield f"## {section}\n"
        if note:
            yield f"{note}\n"
        yield "| fault | `pulumi up` | then |\n| --- | --- | --- |"
        for fault in faults:
            if (section, fault) in rows:
                yield f"| {fault} | {' | '.join(rows[section, fault])} |"
        yield ""
