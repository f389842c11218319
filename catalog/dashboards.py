"""Dashboards and their panels, as people see them: the models of `dashboards.yaml`."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Self

import yaml
from pydantic import AfterValidator, Field, RootModel, model_validator

from catalog.strict import Strict
from catalog.topics import at_least_one

DASHBOARDS = Path(__file__).parent / "dashboards.yaml"

# Grafana's own limit of a uid is 40 characters; ours say whose they are.
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
    """Between what every value lies while all is well, both ends included."""

    least: float
    most: float

    @model_validator(mode="after")
    def _has_an_inside(self) -> Self:
        if self.most < self.least:
            raise ValueError("the most is not less than the least")
        return self


class Panel(Strict):
    """One panel: a title of the checklist, and what a bad value means."""

    title: str = Field(min_length=1)
    description: str = Field(min_length=40)
    lines: Annotated[tuple[Line, ...], AfterValidator(at_least_one)]
    plausible: Plausible


class Dashboard(Strict):
    """One dashboard."""

    title: str = Field(min_length=1)
    description: str = Field(min_length=20)
    panels: Annotated[tuple[Panel, ...], AfterValidator(at_least_one)]


Dashboards = RootModel[Mapping[Uid, Dashboard]]


def read_dashboards(path: Path = DASHBOARDS) -> Mapping[str, Dashboard]:
    """Read the catalog of dashboards, by uid."""
    return Dashboards.model_validate(yaml.safe_load(path.read_text(encoding="utf-8"))).root
