"""The tokens of a workspace, read from a private file."""

import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from sandbox.simulators.slack.private_file import digest, read_lines, require_none
from sandbox.simulators.slack.scopes import BOT, CONFIGURATION, USER

Kind = Literal["bot", "user", "configuration"]

_KNOWN = {"bot": BOT, "user": USER, "configuration": CONFIGURATION}
_SHAPE = re.compile(
    r"(?P<kind>bot|user|configuration)\s+(?P<user>U[A-Z0-9]+)"
    r"\s+(?P<scopes>[a-z:._,-]+)\s+(?P<secret>xox[A-Za-z0-9._-]+)"
)


@dataclass(frozen=True, kw_only=True)
class Token:
    """One token: what it acts as, its scopes, and the hash of its secret."""

    kind: str
    user: str
    scopes: tuple[str, ...]
    id: str


def load(path: Path) -> list[Token]:
    """
    Read a file of lines `kind user scopes token`, or exit with a message of every problem.

    No message quotes a token.
    """
    lines = read_lines(path)
    found: list[Token] = []
    wrong: list[str] = []
    for number, line in lines.items():
        match = _SHAPE.fullmatch(line.strip())
        if match:
            scopes = tuple(dict.fromkeys(match["scopes"].split(",")))
            unknown = [scope for scope in scopes if scope not in _KNOWN[match["kind"]]]
            wrong += [f"line {number}: a {match['kind']} has no scope {scope}" for scope in unknown]
            own = digest(match["secret"])
            found.append(Token(kind=match["kind"], user=match["user"], scopes=scopes, id=own))
        else:
            wrong.append(
                f"line {number}: write `kind user scopes token`, such as "
                "`bot UBOT channels:read xoxb-…`"
            )
    if any(times > 1 for times in Counter(token.id for token in found).values()):
        wrong.append("a token is there more than once: keep one line of it")
    if not lines:
        wrong.append("it holds no token: write `kind user scopes token`, one per line")
    require_none(path, wrong)
    return found
