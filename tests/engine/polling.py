"""Waiting for what comes by itself."""

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

_SECONDS = 30
_POLL_SECONDS = 0.1


def eventually(ask: Callable[[], T], wanted: T, seconds: float = _SECONDS) -> None:
    """Ask until the answer is the wanted one; show the last answer if it never is."""
    deadline = time.monotonic() + seconds
    while (seen := ask()) != wanted and time.monotonic() < deadline:
        time.sleep(_POLL_SECONDS)
    assert seen == wanted
