"""Durations of Prometheus and Alertmanager, which write the same one in several forms."""

import re

_SECONDS = {"y": 31536000, "w": 604800, "d": 86400, "h": 3600, "m": 60, "s": 1, "ms": 0.001}
_DURATION = re.compile(r"(?:[0-9]+(?:ms|[ywdhms]))+")
_PART = re.compile(r"([0-9]+)(ms|[ywdhms])")


def seconds(text: str) -> float | None:
    """Return the seconds of *text*, or None if it is no duration."""
    if not _DURATION.fullmatch(text):
        return None
    return sum(int(number) * _SECONDS[unit] for number, unit in _PART.findall(text))
