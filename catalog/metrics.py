"""Metrics and the SLIs that rules, gates and panels share: the models of `metrics.yaml`."""

from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Literal, Self

import yaml
from pydantic import Field, model_validator

from catalog.strict import Strict
from catalog.topics import ServiceName

METRICS = Path(__file__).parent / "metrics.yaml"

MetricName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
LabelName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
Duration = Annotated[str, Field(pattern=r"^[0-9]+[smhd]$")]


class Metric(Strict):
    """
    One metric, as its service exposes it.

    Args:
        service: Who exposes it.
        labels: Every label of its own, with the values that exist.
        buckets: A histogram's upper bounds in seconds, without +Inf.
    """

    type: Literal["counter", "gauge", "histogram"]
    help: str = Field(min_length=10)
    service: ServiceName
    labels: Mapping[LabelName, Annotated[tuple[str, ...], Field(min_length=1)]]
    buckets: tuple[float, ...] = ()

    @model_validator(mode="after")
    def _a_histogram_alone_has_rising_buckets(self) -> Self:
        if (self.type == "histogram") != bool(self.buckets):
            raise ValueError("a histogram has buckets, and nothing else has")
        if any(upper <= lower for lower, upper in pairwise(self.buckets)):
            raise ValueError("buckets rise")
        return self


class _Bound(Strict):
    """One side of a number; exactly the number itself is on neither side."""

    below: float | None = None
    above: float | None = None

    @model_validator(mode="after")
    def _has_one_side(self) -> Self:
        if (self.below is None) == (self.above is None):
            raise ValueError("give either below or above")
        return self


class Gate(_Bound):
    """What must be true to go on; with fewer events than `minimum_events` nobody can tell."""

    minimum_events: int = Field(ge=1)


class Rollback(_Bound):
    """What asks for a rollback once it is true for so long."""

    for_: Duration = Field(alias="for")


class Sli(Strict):
    """
    One question to Prometheus, spelled once.

    Args:
        expr: Its answer; where that is one for each service, each is judged.
        events: How many events the answer rests on.
        bad_events: How many of them were bad.
        runbook: The page that says what to do when it is bad; an alert's has its name.
        states: What the numbers from 0 mean, from well to worst.
    """

    unit: Literal[
        "seconds", "ratio", "records", "requests", "incidents", "messages", "errors", "state"
    ]
    expr: str = Field(min_length=1)
    events: str | None = None
    bad_events: str | None = None
    gate: Gate | None = None
    rollback: Rollback | None = None
    runbook: str
    states: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _a_state_alone_has_states(self) -> Self:
        if (self.unit == "state") != bool(self.states):
            raise ValueError("a state has states, and nothing else has")
        return self


class MetricsCatalog(Strict):
    """The whole file."""

    metrics: Mapping[MetricName, Metric]
    slis: Mapping[str, Sli]

    @model_validator(mode="after")
    def _a_counter_alone_is_a_total(self) -> Self:
        for name, metric in self.metrics.items():
            if (metric.type == "counter") != name.endswith("_total"):
                raise ValueError(f"{name}: a counter's name ends in _total, and no other's does")
        return self

    def types(self) -> Mapping[str, str]:
        """Give the type of every series by its name; what a histogram counts are counters."""
        types: dict[str, str] = {}
        for name, metric in self.metrics.items():
            if metric.type == "histogram":
                types |= {f"{name}_{part}": "counter" for part in ("bucket", "count", "sum")}
            else:
                types[name] = metric.type
        return types


def read_metrics(path: Path = METRICS) -> MetricsCatalog:
    """Read the catalog of metrics."""
    return MetricsCatalog.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
