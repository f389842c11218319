"""Dashboards and their panels: the models of `dashboards.yaml`, and its reader."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Self

from pydantic import AfterValidator, Field, TypeAdapter, model_validator

from catalog.metrics import MetricsCatalog
from catalog.problems import Problems, load
from catalog.reading import file_name, read_model
from catalog.strict import Strict, at_least_one

DASHBOARDS = Path(__file__).parent / "dashboards.yaml"

# Grafana's own limit of a uid is 40 characters; ours start with the platform's name.
Uid = Annotated[str, Field(pattern=r"^waqiti-[a-z-]{1,33}$")]


class Line(Strict):
    """
    One query of a panel.

    Args:
        sli: Its name in `metrics.yaml`.
        legend: The name of each series, with Grafana's `{{label}}`.
        complement: Show 1 minus the SLI.
    """

    sli: str
    legend: str = Field(min_length=1)
    complement: bool = False


class Plausible(Strict):
    """The range of every value of a healthy platform, both ends included."""

    least: float
    most: float

    @model_validator(mode="after")
    def _has_an_inside(self) -> Self:
        if self.most < self.least:
            raise ValueError("most is less than least: swap them")
        return self


class Panel(Strict):
    """One panel: a title of the checklist, and what a bad value means."""

    title: str = Field(min_length=1)
    description: str = Field(min_length=40)
    lines: Annotated[tuple[Line, ...], Field(max_length=6), AfterValidator(at_least_one)]
    plausible: Plausible


class Dashboard(Strict):
    """One dashboard."""

    title: str = Field(min_length=1)
    description: str = Field(min_length=20)
    panels: Annotated[tuple[Panel, ...], AfterValidator(at_least_one)]


_FILE = TypeAdapter(dict[Uid, Dashboard])


def dashboards_of(
    found: Problems, metrics: MetricsCatalog | None, path: Path = DASHBOARDS
) -> Mapping[str, Dashboard]:
    """
    Return the catalog of dashboards, by uid.

    Args:
        found: Collects the problems.
        metrics: The SLIs that panels may show; None skips the check.
        path: The file.
    """
    dashboards = read_model(_FILE, path, found) or {}
    for uid, dashboard in dashboards.items():
        for index, panel in enumerate(dashboard.panels):
            for problem in [] if metrics is None else _unknown(panel, metrics):
                found.add(file_name(path), f"{uid}.panels.{index}.{problem}")
    return dashboards


def read_dashboards(path: Path = DASHBOARDS) -> Mapping[str, Dashboard]:
    """
    Return the catalog of dashboards, by uid.

    Raises:
        InvalidFilesError: The file is not valid.
    """
    return load(lambda found: dashboards_of(found, None, path))


def _unknown(panel: Panel, metrics: MetricsCatalog) -> list[str]:
    """Return what is wrong with the SLIs of *panel*; their units must be equal."""
    unknown = [
        f"lines.{index}.sli: not in catalog/metrics.yaml: correct it (got {line.sli!r})"
        for index, line in enumerate(panel.lines)
        if line.sli not in metrics.slis
    ]
    units = sorted({metrics.slis[line.sli].unit for line in panel.lines if not unknown})
    if len(units) > 1:
        return [f"lines: one axis has one unit: split the panel (got {units})"]
    return unknown
