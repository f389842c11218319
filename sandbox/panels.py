"""Panels read from dashboard files, and their data queried from Prometheus as Grafana does."""

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
    """One query of a panel, with the format of its legend."""

    expr: str
    legend: str


@dataclass(frozen=True, kw_only=True)
class Panel:
    """
    The part of a panel that pictures and tests need.

    Args:
        kind: Grafana's name of the panel type.
        grid: Its x, y, width and height, in cells; a row has 24.
        unit: Grafana's name of the unit.
        decimals: The decimals of a shown value.
        steps: The thresholds: a number, and the colour from there on; the first has no number.
        states: Text and colour of each number, if the numbers are states.
        soft: The soft minimum and maximum of the axis.
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
        """Return a value with its unit."""
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
    """One series: its name in the legend, its labels, and its values (never NaN) by Unix time."""

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
    Run a range query at *url*; leave out series without a number.

    Args:
        url: The address of Prometheus, without a path.
        query: The query of a panel.
        start: The start, in Unix time.
        end: The end, in Unix time.
        step: The seconds between two values.

    Raises:
        SandboxError: Prometheus does not answer, or refuses the query.
    """
    if "$" in query.expr:
        raise SandboxError(f"a variable that nothing here replaces is in the query: {query.expr}")
    asked: dict[str, str | float] = {"query": query.expr, "start": start, "end": end, "step": step}
    try:
        answer = requests.get(f"{url}/api/v1/query_range", params=asked, timeout=_TIMEOUT_SECONDS)
    except requests.RequestException as error:
        raise SandboxError(f"Prometheus at {url} does not answer: run `make up`") from error
    content = answer.json()
    if content["status"] != "success":
        raise SandboxError(f"Prometheus refuses the query: {content['error']}: {query.expr}")
    found = [_series(query.legend, result) for result in content["data"]["result"]]
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
