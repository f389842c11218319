"""The users of the repository: people, and the bot whose token a job gets."""

import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_BOT = "[bot]"


@dataclass(frozen=True, kw_only=True)
class User:
    """
    One token of a user.

    Args:
        login: The user's name.
        permissions: What the token may write: `issues`, `pull-requests`.
        token: The token.
    """

    login: str
    permissions: frozenset[str]
    token: str

    def shown(self) -> dict[str, Any]:
        """Return the user as in an answer."""
        return {"login": self.login, "type": "Bot" if self.login.endswith(_BOT) else "User"}


def load(path: Path) -> Sequence[User]:
    """Read a file of lines `login permission,… token`, or exit; no message quotes a line."""
    users = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        try:
            login, permissions, token = line.split()
        except ValueError:
            raise SystemExit(f"{path}: line {number}: write `login permission,… token`") from None
        users.append(User(login=login, permissions=frozenset(permissions.split(",")), token=token))
    return users


def find(users: Sequence[User], given: str) -> User | None:
    """Return the user of a token, in constant time."""
    matches = [one for one in users if hmac.compare_digest(one.token.encode(), given.encode())]
    return matches[0] if matches else None
