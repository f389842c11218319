"""The commands and the names in the runbooks."""

import re
import shlex
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from tests.conftest import ROOT

PAGES = sorted((ROOT / "runbooks").glob("*.md"))
_BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Command:
    """A command of a page: the words of each program in its pipe."""

    page: str
    pipe: tuple[tuple[str, ...], ...]

    def __str__(self) -> str:
        return f"{self.page}: {' | '.join(shlex.join(words) for words in self.pipe)}"


@cache
def commands() -> Sequence[Command]:
    """Return every command of every page, in the order of a page."""
    return [
        Command(path.stem, tuple(_pipe(line)))
        for path in PAGES
        for _, block in _BLOCK.findall(path.read_text())
        for line in _lines(block)
    ]


def languages() -> set[str]:
    """Return the languages of the fenced blocks: all are commands."""
    return {name for path in PAGES for name, _ in _BLOCK.findall(path.read_text())}


def _lines(block: str) -> Iterator[str]:
    """Yield each command of a block; a pipe and a quote go on in the next line."""
    waiting = ""
    for line in block.splitlines():
        waiting += f"{line}\n"
        if waiting.count("'") % 2 == 0 and not line.endswith("|"):
            yield waiting
            waiting = ""
    assert waiting == ""


def _pipe(line: str) -> Iterator[tuple[str, ...]]:
    lexer = shlex.shlex(line, posix=True, punctuation_chars="|")
    lexer.whitespace_split = True
    words: list[str] = []
    for word in lexer:
        if word == "|":
            yield tuple(words)
            words = []
        else:
            words.append(word)
    yield tuple(words)


def quoted(path) -> Iterator[str]:
    """Yield what a page has in backquotes, outside of its blocks."""
    yield from re.findall(r"`([^`\n]+)`", _BLOCK.sub("", path.read_text()))
