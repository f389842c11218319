"""A private file of one secret per line; no message quotes a line."""

from collections.abc import Mapping, Sequence
from hashlib import sha256
from pathlib import Path


def read_lines(path: Path) -> Mapping[int, str]:
    """Return the lines that are not blank, by number, or exit with a message."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not text in UTF-8"
        raise SystemExit(f"{path}: {reason}") from None
    return {number: line for number, line in enumerate(lines, 1) if line.strip()}


def require_none(path: Path, problems: Sequence[str]) -> None:
    """Exit with a message of every problem, if there is one."""
    if problems:
        raise SystemExit("\n  ".join([f"{path} is not valid:", *problems]))


def digest(secret: str) -> str:
    """Return the hash of a secret, which itself is in no state and no log."""
    return sha256(secret.encode()).hexdigest()
