"""Polling for an expected result."""

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

_SECONDS = 30
_POLL_SECONDS = 0.1


def eventually(ask: Callable[[], T], wanted: T, seconds: float = _SECONDS) -> None:
    """Poll until the answer is *wanted*; on a timeout, the assertion shows the last answer."""
    deadline = time.monotonic() + seconds
    while (seen := ask()) != wanted and time.monotonic() < deadline:
        time.sleep(_POLL_SECONDS)
    assert seen == wanted
