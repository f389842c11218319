"""The tokens that a simulator takes, from a file: what is in argv, every process can read."""

import hmac
from pathlib import Path


def read_tokens(path: Path) -> frozenset[str]:
    """Read one token per line; SystemExit if there is none."""
    try:
        lines = path.read_text(encoding="utf-8").split()
    except OSError as error:
        raise SystemExit(f"{path}: {error.strerror}") from None
    if not lines:
        raise SystemExit(f"{path} holds no token: write at least one, one per line")
    return frozenset(lines)


def is_known(given: str, tokens: frozenset[str]) -> bool:
    """Tell whether *given* is one of *tokens*, in a time that tells nothing about them."""
    return any(hmac.compare_digest(given.encode(), token.encode()) for token in tokens)
