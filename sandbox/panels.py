"""What the panels of a dashboard's file ask, and what a Prometheus answers, as Grafana would."""

import json
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests

from sandbox.world import CHECKOUT, SandboxError

DASHBOARDS = CHECKOUT / "dashboards"

_TIMEOUT_SECONDS = 10
_PLACEHOLDER = re.compile(r"{{\s*(\w+)\s*}}")


@dataclass(frozen=True)
class Query:
    """One query of a panel, and how its series are named."""

    expr: str
    legend: str


@dataclass(frozen=True, kw_only=True)
class Panel:
    """
    One panel, as far as a picture or a test needs it.

    Args:
        kind: Grafana's name of it.
        grid: Its x, y, width and height, in cells of 24 to a row.
        unit: Grafana's name of it.
        decimals: Of a shown value.
        steps: From which number on which colour; the first has no number.
        states: Word and colour of each number, where numbers are states.
        soft: Between what the axis reaches at least, where that is said.
    """

    title: str
    kind: str
    grid: tuple[int, int, int, int]
    unit: str
    decimals: int
    steps: Sequence[tuple[float | None, str]]
    states: Mapping[int, tuple[str, str]]
    soft: tuple[float | None, float | None]
    queries: Sequence[Query]

    def shown(self, value: float) -> str:
        """Give a value as people read it."""
        if self.states:
            return self.states[round(value)][0]
        if self.unit == "percentunit":
            return f"{value * 100:.{self.decimals}f} %"
        return f"{value:,.{self.decimals}f}{' s' if self.unit == 's' else ''}"


@dataclass(frozen=True)
class Board:
    """One dashboard."""

    uid: str
    title: str
    panels: Sequence[Panel]


@dataclass(frozen=True)
class Series:
    """One line: its name in the legend, its labels, and its values (never NaN) by Unix time."""

    name: str
    labels: Mapping[str, str]
    points: Sequence[tuple[float, float]]

    @property
    def last(self) -> float:
        """The newest value."""
        return self.points[-1][1]


def read_boards(folder: Path = DASHBOARDS) -> Sequence[Board]:
    """Read every dashboard of *folder*."""
    files = sorted(folder.glob("*.json"))
    return [_board(json.loads(file.read_text(encoding="utf-8"))) for file in files]


def ask(url: str, query: Query, start: float, end: float, step: float) -> Sequence[Series]:
    """
    Ask the Prometheus at *url* for a range; series without a single number are left out.

    Args:
        url: Its address, without a path.
        query: A panel's.
        start: Unix time.
        end: Unix time.
        step: Seconds between two values.

    Raises:
        SandboxError: It does not answer, or refuses the query.
    """
    if "$" in query.expr:
        raise SandboxError(f"a variable that nothing here replaces is in the query: {query.expr}")
    asked: dict[str, str | float] = {"query": query.expr, "start": start, "end": end, "step": step}
    try:
        answer = requests.get(f"{url}/api/v1/query_range", params=asked, timeout=_TIMEOUT_SECONDS)
    except requests.RequestException as error:
        raise SandboxError(f"Prometheus at {url} does not answer: run `make up`") from error
    told = answer.json()
    if told["status"] != "success":
        raise SandboxError(f"Prometheus refuses the query: {told['error']}: {query.expr}")
    found = [_series(query.legend, result) for result in told["data"]["result"]]
    return sorted((series for series in found if series.points), key=lambda series: series.name)


def _series(legend: str, result: Mapping[str, Any]) -> Series:
    labels: Mapping[str, str] = result["metric"]
    name = _PLACEHOLDER.sub(lambda found: labels.get(found[1], ""), legend)
    points = [(float(at), float(value)) for at, value in result["values"]]
    return Series(name, labels, [(at, value) for at, value in points if not math.isnan(value)])


def _board(data: Mapping[str, Any]) -> Board:
    return Board(data["uid"], data["title"], [_panel(panel) for panel in data["panels"]])


def _panel(data: Mapping[str, Any]) -> Panel:
    defaults = data["fieldConfig"]["defaults"]
    custom = defaults.get("custom", {})
    grid = data["gridPos"]
    return Panel(
        title=data["title"],
        kind=data["type"],
        grid=(grid["x"], grid["y"], grid["w"], grid["h"]),
        unit=defaults["unit"],
        decimals=defaults["decimals"],
        steps=[(step["value"], step["color"]) for step in defaults["thresholds"]["steps"]],
        states={
            int(number): (state["text"], state["color"])
            for mapping in defaults.get("mappings", ())
            for number, state in mapping["options"].items()
        },
        soft=(custom.get("axisSoftMin"), custom.get("axisSoftMax")),
        queries=[Query(target["expr"], target["legendFormat"]) for target in data["targets"]],
    )
