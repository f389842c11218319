"""Reloading of servers whose files have changed."""

from dataclasses import dataclass
from pathlib import Path

import requests

_TIMEOUT_SECONDS = 10


@dataclass(frozen=True)
class Reloading:
    """
    A server that reloads its files on request.

    Args:
        url: Its address.
        marker: A file that exists while a reload is pending, also across a restart.
    """

    url: str
    marker: Path

    def mark_pending(self) -> None:
        """Record, before a file is written, that the server must reload."""
        self.marker.touch()

    def reload_if_pending(self) -> None:
        """Reload the server if a reload is pending."""
        if self.marker.exists():
            answer = requests.post(f"{self.url}/-/reload", timeout=_TIMEOUT_SECONDS)
            answer.raise_for_status()
            self.marker.unlink()
