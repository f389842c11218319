"""
Rule files with short durations: a test of the path need not wait for real windows.

The promtool tests verify the real durations.
"""

import re
from collections.abc import Mapping
from typing import Any

FACTOR = 20
"""A window of 5 minutes becomes one of 15 seconds: 15 scrapes of the sandbox's Prometheus."""

_DURATION = re.compile(r"\b(\d+)(s|m|h)\b")
_MILLISECONDS = {"s": 1_000, "m": 60_000, "h": 3_600_000}


def scaled(spec: Mapping[str, Any]) -> dict[str, Any]:
    """Return the *spec* of a PrometheusRule with every duration divided by FACTOR."""
    return {"groups": [_scaled_group(group) for group in spec["groups"]]}


def shorten(text: str) -> str:
    """Divide every duration in *text* by FACTOR."""
    return _DURATION.sub(lambda d: f"{int(d[1]) * _MILLISECONDS[d[2]] // FACTOR}ms", text)


def _scaled_group(group: Mapping[str, Any]) -> dict[str, Any]:
    rules = [
        rule | {key: shorten(rule[key]) for key in ("expr", "for") if key in rule}
        for rule in group["rules"]
    ]
    return {**group, "interval": shorten(group["interval"]), "rules": rules}
