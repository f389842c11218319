"""Metrics and the SLIs that rules, gates and panels share: the models of `metrics.yaml`."""

from collections.abc import Iterator, Mapping
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, TypeAdapter, model_validator

from catalog.problems import Problems, load
from catalog.promql import Duration, Expression
from catalog.reading import read_model
from catalog.services import SERVICES_NAMESPACE
from catalog.strict import ServiceName, Strict, at_least_one, different

METRICS = Path(__file__).parent / "metrics.yaml"

# They observe the platform, and are no services of it.
EXPORTERS = frozenset({"blackbox-exporter", "kube-state-metrics"})

MetricName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
LabelName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]


_Values = Annotated[tuple[str, ...], AfterValidator(at_least_one), AfterValidator(different)]


class Metric(Strict):
    """
    One metric, as its service exposes it.

    Args:
        service: The service that exposes it.
        labels: Every label of its own, with the values that exist.
        buckets: A histogram's upper bounds in seconds, without +Inf.
    """

    type: Literal["counter", "gauge", "histogram"]
    help: str = Field(min_length=10)
    service: ServiceName
    labels: Mapping[LabelName, _Values]
    buckets: tuple[float, ...] = ()

    @model_validator(mode="after")
    def _a_histogram_alone_has_rising_buckets(self) -> Self:
        if (self.type == "histogram") != bool(self.buckets):
            raise ValueError("a histogram has buckets, and nothing else has: add or remove them")
        if any(upper <= lower for lower, upper in pairwise(self.buckets)):
            raise ValueError("buckets rise: sort them and remove duplicates")
        return self


class _Bound(Strict):
    """One side of a number; exactly the number itself is on neither side."""

    below: float | None = None
    above: float | None = None

    @model_validator(mode="after")
    def _has_one_side(self) -> Self:
        if (self.below is None) == (self.above is None):
            raise ValueError("set either below or above")
        return self


class Gate(_Bound):
    """The criterion for proceeding; undecided with fewer events than `minimum_events`."""

    minimum_events: int = Field(ge=1)


class Rollback(_Bound):
    """The criterion for a rollback, once it was true for the given time."""

    for_: Duration = Field(alias="for")


class Sli(Strict):
    """
    One SLI: a query to Prometheus, written once.

    Args:
        expr: The query; if it has one series for each service, each is judged.
        events: The query for the number of events.
        bad_events: The query for the number of bad events.
        runbook: The page with the instructions for a bad value; that of an alert has its name.
        states: The meaning of the numbers from 0, from healthy to worst.
    """

    unit: Literal[
        "seconds",
        "ratio",
        "records",
        "requests",
        "incidents",
        "messages",
        "errors",
        "sagas",
        "state",
    ]
    expr: Expression
    events: Expression | None = None
    bad_events: Expression | None = None
    gate: Gate | None = None
    rollback: Rollback | None = None
    runbook: str
    states: Annotated[tuple[str, ...], AfterValidator(different)] = ()

    @model_validator(mode="after")
    def _a_state_alone_has_states(self) -> Self:
        if (self.unit == "state") != bool(self.states):
            raise ValueError("`states` belongs to the unit `state`: set both or neither")
        return self


class MetricsCatalog(Strict):
    """The whole file."""

    metrics: Mapping[MetricName, Metric]
    slis: Mapping[str, Sli]

    @model_validator(mode="after")
    def _a_counter_alone_is_a_total(self) -> Self:
        for name, metric in self.metrics.items():
            if (metric.type == "counter") != name.endswith("_total"):
                raise ValueError(
                    f"{name}: a counter's name ends in _total, and no other's does: rename it"
                )
        return self

    @property
    def services(self) -> tuple[str, ...]:
        """The services that are probed and count their requests."""
        probe = self.metrics.get("probe_success")
        return probe.labels.get("service", ()) if probe else ()

    def namespaces(self, metric: str) -> tuple[str, ...]:
        """Return the namespaces in which *metric* is read; other copies of it are not ours."""
        own = self.metrics[metric].labels if metric in self.metrics else {}
        return own.get("namespace", (SERVICES_NAMESPACE,))

    def named_services(self) -> Iterator[tuple[str, str]]:
        """Yield each place that names a service, and the name."""
        for name, metric in self.metrics.items():
            yield f"metrics.{name}.service", metric.service
            for index, value in enumerate(metric.labels.get("service", ())):
                yield f"metrics.{name}.labels.service.{index}", value

    def types(self) -> Mapping[str, str]:
        """Return the type of every series by name; the series of a histogram are counters."""
        types: dict[str, str] = {}
        for name, metric in self.metrics.items():
            if metric.type == "histogram":
                types |= {f"{name}_{part}": "counter" for part in ("bucket", "count", "sum")}
            else:
                types[name] = metric.type
        return types


_FILE = TypeAdapter(MetricsCatalog)


def metrics_of(found: Problems, path: Path = METRICS) -> MetricsCatalog | None:
    """Return the catalog of metrics, or None; *found* collects the problems."""
    return read_model(_FILE, path, found)


def read_metrics(path: Path = METRICS) -> MetricsCatalog:
    """
    Return the catalog of metrics.

    Raises:
        InvalidFilesError: The file is not valid.
    """
    catalog = load(lambda found: metrics_of(found, path))
    return catalog or MetricsCatalog(metrics={}, slis={})
