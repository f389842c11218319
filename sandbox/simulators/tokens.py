"""The tokens of a simulator, read from a file: any process can read another's arguments."""

import hmac
from pathlib import Path


def read_tokens(path: Path) -> frozenset[str]:
    """Read one token per line, or exit with a message if there is none."""
    try:
        lines = path.read_text(encoding="utf-8").split()
    except OSError as error:
        raise SystemExit(f"{path}: {error.strerror}") from None
    if not lines:
        raise SystemExit(f"{path} holds no token: write at least one, one per line")
    return frozenset(lines)


def is_valid_token(given: str, tokens: frozenset[str]) -> bool:
    """Report whether *given* is one of *tokens*, in constant time."""
    return any(hmac.compare_digest(given.encode(), token.encode()) for token in tokens)
