"""The changes and commands of `docs/first-hour.md`, and a comparison of what they print."""

import re
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

_BLOCK = re.compile(r"^```(diff|console)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_LEFT_OUT = "…"


@dataclass(frozen=True)
class Step:
    """A change of files, or a command with the output that the page shows."""

    change: str = ""
    command: str = ""
    shown: Sequence[str] = ()


def steps_of(page: str) -> Iterator[Step]:
    """Yield the steps of a page in its order."""
    for kind, text in _BLOCK.findall(page):
        if kind == "diff":
            yield Step(change=text)
            continue
        for part in re.split(r"^\$ ", text, flags=re.MULTILINE)[1:]:
            command, *shown = part.splitlines()
            yield Step(command=command, shown=shown)


def run(step: Step, folder: Path, environment: Mapping[str, str]) -> str:
    """Take one step; return what it printed."""
    command = ["git", "apply"] if step.change else ["bash", "-c", step.command]
    return subprocess.run(
        command,
        cwd=folder,
        env=environment,
        input=step.change,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    ).stdout


def matches(shown: Sequence[str], printed: str) -> bool:
    """Report whether *printed* is what the page shows; `…` stands for any number of lines."""
    pattern = "".join(
        r"(?:.*\n)*?" if line.strip() == _LEFT_OUT else re.escape(line.rstrip()) + r"[ \t]*\n"
        for line in shown
    )
    return re.fullmatch(pattern, printed) is not None
