"""
Pictures of the dashboards, for a reader without Grafana: `python -m sandbox.pictures`.

They show the data of the sandbox's Prometheus in the layout, titles and units of the dashboards.
"""

import argparse
import math
import os
import sys
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.ticker import FuncFormatter, MaxNLocator, MultipleLocator

from sandbox.__main__ import LOCAL
from sandbox.panels import Board, Panel, Series, ask, read_boards
from sandbox.proxies import bypass_proxies
from sandbox.servers import SERVERS, prometheus
from sandbox.world import CHECKOUT, SandboxError, open_world

PICTURES = CHECKOUT / "docs" / "pictures"

# Grafana's named colours, a little darker: the background is white, for light and dark pages.
_COLOURS = {"green": "#37872d", "orange": "#e67300", "red": "#e02f44", "dark-red": "#8f0f22"}
# Okabe and Ito's palette, safe for colour-blind readers.
_PALETTE = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9")
_INK, _FAINT, _EDGE = "#24292e", "#6a737d", "#d0d5da"

_CELLS = 24
_CELL_INCHES, _ROW_INCHES, _HEAD_INCHES, _GAP_INCHES = 0.5, 0.36, 0.55, 0.1
_POINTS = 240
_LEGEND_CELLS = 6  # the width of a series' name and numbers
_LEGEND_INCHES = 0.17
_POLL_SECONDS = 5
_MARGIN = 0.04  # of the range of an axis
_TICKS = 6
_TICK_SECONDS = (15, 60, 120, 300, 600, 1800, 3600, 10800, 21600, 86400)


def draw(board: Board, url: str, start: float, end: float, file: Path) -> None:
    """
    Draw one dashboard as an SVG.

    Args:
        board: The dashboard.
        url: The address of Prometheus.
        start: The Unix time of the left edge.
        end: The Unix time of the right edge.
        file: The file to write.

    Raises:
        SandboxError: Prometheus does not answer, or has no data for a panel.
    """
    step = max((end - start) / _POINTS, 1)
    answers = [
        [series for query in panel.queries for series in ask(url, query, start, end, step)]
        for panel in board.panels
    ]
    empty = [panel.title for panel, lines in zip(board.panels, answers, strict=True) if not lines]
    if empty:
        raise SandboxError(f"{board.title}: no data yet of {', '.join(empty)}: wait a minute")
    rows = max(panel.grid[1] + panel.grid[3] for panel in board.panels)
    size = (_CELLS * _CELL_INCHES, rows * _ROW_INCHES + _HEAD_INCHES)
    style = mpl.rc_context(
        {
            "font.size": 8,
            "text.color": _INK,
            "axes.edgecolor": _EDGE,
            "xtick.color": _FAINT,
            "ytick.color": _FAINT,
            "svg.fonttype": "none",  # text stays text: the file is small and searchable
            "svg.hashsalt": "sandbox",  # without it, two pictures of the same data differ
        }
    )
    with style:
        figure = Figure(size, facecolor="white")
        head = 1 - _HEAD_INCHES / size[1] / 2
        at = datetime.fromtimestamp(end, UTC)
        left, right = _GAP_INCHES / size[0], 1 - _GAP_INCHES / size[0]
        figure.text(left, head, board.title, size=14, weight="bold", va="center")
        caption = f"the sandbox's workload, until {at:%Y-%m-%d %H:%M} UTC"
        figure.text(right, head, caption, size=8, color=_FAINT, va="center", ha="right")
        for panel, lines in zip(board.panels, answers, strict=True):
            _panel(figure, panel, lines)
        file.parent.mkdir(parents=True, exist_ok=True)
        figure.savefig(file, format="svg", metadata={"Date": None, "Title": board.title})


def _panel(figure: Figure, panel: Panel, lines: Sequence[Series]) -> None:
    width, height = figure.get_size_inches()
    x, y, w, h = panel.grid
    left, right = x * _CELL_INCHES + _GAP_INCHES, (x + w) * _CELL_INCHES - _GAP_INCHES
    top = height - _HEAD_INCHES - y * _ROW_INCHES
    bottom = top - h * _ROW_INCHES + _GAP_INCHES
    figure.add_artist(
        Rectangle(
            (left / width, bottom / height),
            (right - left) / width,
            (top - bottom) / height,
            transform=figure.transFigure,
            facecolor="none",
            edgecolor=_EDGE,
        )
    )
    figure.text(
        (left + 0.12) / width,
        (top - 0.2) / height,
        panel.title,
        size=10,
        weight="bold",
        va="center",
    )
    columns = w // _LEGEND_CELLS
    legend = 0 if panel.states else _LEGEND_INCHES * math.ceil(len(lines) / columns)
    axes = figure.add_axes(
        (
            (left + 0.75) / width,
            (bottom + legend + 0.35) / height,
            (right - left - 0.95) / width,
            (top - bottom - legend - 0.8) / height,
        )
    )
    axes.spines[["top", "right"]].set_visible(False)
    axes.tick_params(length=0)
    if panel.states:
        _timeline(axes, panel, lines)
    else:
        _curves(axes, panel, lines, columns)
    start = min(series.points[0][0] for series in lines)
    end = max(start + 1, *(series.points[-1][0] for series in lines))
    axes.set_xlim(start, end)
    fitting = (apart for apart in _TICK_SECONDS if (end - start) / apart <= _TICKS)
    apart = next(fitting, _TICK_SECONDS[-1])
    clock = "%H:%M" if apart % 60 == 0 else "%H:%M:%S"
    axes.xaxis.set_major_locator(MultipleLocator(apart))
    axes.xaxis.set_major_formatter(
        FuncFormatter(lambda at, _: datetime.fromtimestamp(at, UTC).strftime(clock))
    )


def _curves(axes: Axes, panel: Panel, lines: Sequence[Series], columns: int) -> None:
    for number, series in enumerate(lines):
        times, values = zip(*series.points, strict=True)
        numbers = f"last {panel.shown(series.last)}, max {panel.shown(max(values))}"
        colour = _PALETTE[number % len(_PALETTE)]
        axes.plot(
            times,
            values,
            color=colour,
            linewidth=1.5,
            label=f"{series.name}: {numbers}",
            clip_on=False,
        )
    reached = [value for series in lines for _, value in series.points]
    reached += [value for value in panel.soft if value is not None]
    low, high = min(reached), max(reached)
    if panel.decimals == 0:
        high = max(high, 1)
    margin = (high - low or 1) * _MARGIN
    axes.set_ylim(low - margin if low else low, high + margin)
    for bottom, top, colour, is_first in _bands(panel, *axes.get_ylim()):
        axes.axhspan(bottom, top, color=_COLOURS[colour], alpha=0.07, linewidth=0)
        if not is_first:
            axes.axhline(bottom, color=_worse(panel, bottom), linewidth=1, linestyle=(0, (4, 3)))
    if panel.decimals == 0:
        axes.yaxis.set_major_locator(MaxNLocator(integer=True, nbins=6))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: _tick(panel, value)))
    axes.grid(axis="y", color=_EDGE, linewidth=0.5)
    axes.legend(
        loc="upper left",
        bbox_to_anchor=(0, -0.1),
        ncols=columns,
        frameon=False,
        fontsize=7.5,
        borderaxespad=0,
        handlelength=1,
        columnspacing=1.5,
    )


def _timeline(axes: Axes, panel: Panel, lines: Sequence[Series]) -> None:
    for row, series in enumerate(reversed(lines)):
        for start, end, value in _runs(series):
            text, colour = panel.states[round(value)]
            axes.broken_barh(
                [(start, end - start)],
                (row - 0.35, 0.7),
                color=_COLOURS[colour],
                linewidth=0,
            )
            if end - start > (series.points[-1][0] - series.points[0][0]) / 8:
                axes.text(
                    (start + end) / 2,
                    row,
                    text,
                    color="white",
                    ha="center",
                    va="center",
                    weight="bold",
                )
    axes.set_yticks(range(len(lines)), [series.name for series in reversed(lines)])
    axes.set_ylim(-0.6, len(lines) - 0.4)


def _runs(series: Series) -> Iterator[tuple[float, float, float]]:
    """Yield the periods in which a series kept one value."""
    start, value = series.points[0]
    for at, new in series.points[1:]:
        if new != value:
            yield start, at, value
            start, value = at, new
    yield start, series.points[-1][0], value


def _bands(panel: Panel, low: float, high: float) -> Iterator[tuple[float, float, str, bool]]:
    """Yield each coloured band of the axis, and whether it is the lowest."""
    steps = panel.steps if len(panel.steps) > 1 else ()
    for position, (number, colour) in enumerate(steps):
        following = steps[position + 1][0] if position + 1 < len(steps) else None
        bottom = low if number is None else number
        top = high if following is None else following
        if low <= bottom < top <= high:
            yield bottom, top, colour, number is None


def _worse(panel: Panel, number: float) -> str:
    """Return the colour of the bad side of a threshold."""
    position = [step for step, _ in panel.steps].index(number)
    beside = (panel.steps[position - 1][1], panel.steps[position][1])
    return _COLOURS[max(beside, key=list(_COLOURS).index)]


def _tick(panel: Panel, value: float) -> str:
    if panel.unit == "percentunit":
        return f"{value * 100:.6g} %"
    return f"{value:,.6g}{' s' if panel.unit == 's' else ''}"


def _draw_within(wait: float, board: Board, url: str, period: float, file: Path) -> None:
    """Draw a dashboard as soon as every panel has data, and fail after *wait* seconds."""
    deadline = time.monotonic() + wait
    while True:
        end = time.time()
        try:
            return draw(board, url, end - period, end, file)
        except SandboxError:
            if time.monotonic() >= deadline:
                raise
        time.sleep(_POLL_SECONDS)


def main() -> int:
    """Run the command line; return 0 for success, 2 for an error."""
    parser = argparse.ArgumentParser(prog="python -m sandbox.pictures", description=__doc__)
    parser.add_argument("--world", type=Path, default=LOCAL, help="the sandbox's folder")
    parser.add_argument("--minutes", type=float, default=15, help="how long to look back")
    parser.add_argument("--within", type=float, default=0, help="seconds to wait for first data")
    parser.add_argument("--into", type=Path, default=PICTURES, help="the folder of the pictures")
    parser.add_argument("files", nargs="*", type=Path, help="dashboards; by default all")
    options = parser.parse_args()
    bypass_proxies()
    chosen = {file.stem for file in options.files}
    try:
        url = prometheus.url(open_world(options.world, SERVERS))
        for board in read_boards():
            if not chosen or board.uid in chosen:
                file = options.into / f"{board.uid}.svg"
                _draw_within(options.within, board, url, options.minutes * 60, file)
                print(os.path.relpath(file))
    except SandboxError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
