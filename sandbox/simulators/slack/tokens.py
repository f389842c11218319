"""The tokens of a workspace, read from a private file."""

import hashlib
import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

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


def token_id(secret: str) -> str:
    """Return the id of a token: its secret is in no state and no log."""
    return hashlib.sha256(secret.encode()).hexdigest()


def load(path: Path) -> list[Token]:
    """
    Read a file of lines `kind user scopes token`, or exit with a message of every problem.

    No message quotes a token.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not text in UTF-8"
        raise SystemExit(f"{path}: {reason}") from None
    found: list[Token] = []
    wrong: list[str] = []
    for number, line in enumerate(lines, 1):
        match = _SHAPE.fullmatch(line.strip())
        if match:
            scopes = tuple(dict.fromkeys(match["scopes"].split(",")))
            unknown = [scope for scope in scopes if scope not in _KNOWN[match["kind"]]]
            wrong += [f"line {number}: a {match['kind']} has no scope {scope}" for scope in unknown]
            own = token_id(match["secret"])
            found.append(Token(kind=match["kind"], user=match["user"], scopes=scopes, id=own))
        elif line.strip():
            wrong.append(
                f"line {number}: write `kind user scopes token`, such as "
                "`bot UBOT channels:read xoxb-…`"
            )
    if any(times > 1 for times in Counter(token.id for token in found).values()):
        wrong.append("a token is there more than once: keep one line of it")
    if not lines:
        wrong.append("it holds no token: write `kind user scopes token`, one per line")
    if wrong:
        raise SystemExit("\n  ".join([f"{path} is not valid:", *wrong]))
    return found
