"""Servers that read their files again when asked."""

from dataclasses import dataclass
from pathlib import Path

import requests

_TIMEOUT_SECONDS = 10


@dataclass(frozen=True)
class Reloading:
    """
    One such server.

    Args:
        url: Where it is.
        marker: Exists while it has not yet read what was written, also over a restart of ours.
    """

    url: str
    marker: Path

    def announce(self) -> None:
        """Remember, before something is written, that the server must read it."""
        self.marker.touch()

    def settle(self) -> None:
        """Have everything read that was announced."""
        if self.marker.exists():
            answer = requests.post(f"{self.url}/-/reload", timeout=_TIMEOUT_SECONDS)
            answer.raise_for_status()
            self.marker.unlink()
