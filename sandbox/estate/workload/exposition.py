"""The services' metrics of `catalog/metrics.yaml` by Prometheus' own client, and nothing else."""

import itertools
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Literal, TypeVar, cast

import yaml
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.exposition import choose_encoder
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector
from pydantic import BaseModel, ConfigDict, Field

from sandbox.world import CHECKOUT

T = TypeVar("T", Counter, Gauge, Histogram)
JOB = "audit-reconciliation"
CATALOG = CHECKOUT / "catalog" / "metrics.yaml"


class Definition(BaseModel):
    """The part of a metric in the catalog that the workload needs."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    type: Literal["counter", "gauge", "histogram"]
    help: str
    service: str
    labels: Mapping[str, Sequence[str]] = {}
    buckets: Sequence[float] = Field(default=())

    def series(self) -> Iterator[dict[str, str]]:
        """Yield every combination of the values of its labels."""
        for values in itertools.product(*self.labels.values()):
            yield dict(zip(self.labels, values, strict=True))


def read_catalog(file: Path = CATALOG) -> Mapping[str, Definition]:
    """Read the metrics by name; the job of the reconciliation exposes its own."""
    metrics = yaml.load(file.read_text(encoding="utf-8"), yaml.CSafeLoader)["metrics"]
    read = {name: Definition.model_validate(metric) for name, metric in metrics.items()}
    return {name: metric for name, metric in read.items() if metric.service != JOB}


class Instruments:
    """
    Every metric of the catalog, each series from the start.

    A counter that is absent until its first event hides that event from `increase()`.
    """

    def __init__(self, catalog: Mapping[str, Definition]) -> None:
        self.catalog = catalog
        self._registry = CollectorRegistry(auto_describe=False)
        self._counters: dict[str, Counter] = {}
        self._gauges: dict[str, Gauge] = {}
        self._histograms: dict[str, Histogram] = {}
        self._found: dict[tuple[object, ...], object] = {}
        for name, metric in catalog.items():
            made = self._make(name, metric)
            for labels in metric.series() if metric.labels else ():
                made.labels(**labels)

    def count(self, name: str, amount: float = 1, /, **labels: str) -> None:
        """Add to a counter."""
        self._series(self._counters, name, labels).inc(amount)

    def set(self, name: str, value: float, /, **labels: str) -> None:
        """Set a gauge."""
        self._series(self._gauges, name, labels).set(value)

    def observe(self, name: str, value: float, /, **labels: str) -> None:
        """Add a value to a histogram."""
        self._series(self._histograms, name, labels).observe(value)

    def exposed(self, accept: str, without: frozenset[str]) -> tuple[bytes, str]:
        """Return the text in the format that the Accept header asks for, and its media type."""
        encode, media_type = choose_encoder(accept)
        return encode(_Visible(self._registry, without)), media_type

    def _series(self, metrics: Mapping[str, T], name: str, labels: Mapping[str, str]) -> T:
        """Return one series; the client's own lookup takes most of the workload's time."""
        key = (name, *labels.items())
        if key not in self._found:
            metric = metrics[name]
            self._found[key] = metric.labels(**labels) if labels else metric
        return cast("T", self._found[key])

    def _make(self, name: str, metric: Definition) -> Counter | Gauge | Histogram:
        names = tuple(metric.labels)
        if metric.type == "gauge":
            return self._gauges.setdefault(
                name, Gauge(name, metric.help, names, registry=self._registry)
            )
        if metric.type == "histogram":
            made = Histogram(
                name, metric.help, names, registry=self._registry, buckets=metric.buckets
            )
            return self._histograms.setdefault(name, made)
        if not name.endswith("_total"):
            raise ValueError(f"{name}: a counter's name ends in _total, else the client renames it")
        return self._counters.setdefault(
            name, Counter(name, metric.help, names, registry=self._registry)
        )


class _Visible(Collector):
    """The metrics that are not hidden, without the client's `_created` series."""

    def __init__(self, registry: CollectorRegistry, without: frozenset[str]) -> None:
        self._registry = registry
        self._without = without

    def collect(self) -> Iterator[Metric]:
        for metric in self._registry.collect():
            catalog_name = f"{metric.name}_total" if metric.type == "counter" else metric.name
            if catalog_name in self._without:
                continue
            visible = Metric(metric.name, metric.documentation, metric.type)
            visible.samples = [
                sample for sample in metric.samples if sample.name != f"{metric.name}_created"
            ]
            yield visible
