from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random

import pytest

from sandbox.estate.workload.behaviour import Control
from sandbox.estate.workload.exposition import Definition, Instruments, read_catalog
from sandbox.estate.workload.ledger import Operation
from sandbox.estate.workload.model import Model

STARTED = 1_800_000_000.0


@dataclass
class Services:
    """The model with a clock that a test moves."""

    instruments: Instruments
    control: Control
    model: Model
    now: float = STARTED

    def step(self, seconds: float) -> Sequence[Operation]:
        self.now += seconds
        return self.model.step(self.now)

    def run(self, seconds: int) -> Sequence[Operation]:
        """Advance in steps of half a second, as the workload does."""
        return [operation for _ in range(seconds * 2) for operation in self.step(0.5)]

    def series(self, prefix: str = "") -> Mapping[str, float]:
        """Return the exposed series whose names begin with *prefix*."""
        text, _ = self.instruments.exposed("", self.control.behaviour.silent.metrics)
        lines = (line for line in text.decode().splitlines() if not line.startswith("#"))
        return {
            series: float(value)
            for series, _, value in (line.rpartition(" ") for line in lines)
            if series.startswith(prefix)
        }

    def total(self, prefix: str, *parts: str) -> float:
        """Return the sum of the series of a metric that have all labels in *parts*."""
        found = self.series(prefix).items()
        return sum(value for series, value in found if all(part in series for part in parts))


def services_of(catalog: Mapping[str, Definition]) -> Services:
    instruments, control = Instruments(catalog), Control()
    model = Model(instruments, Random(5), lambda: control.behaviour, STARTED)  # noqa: S311 - no secret
    return Services(instruments, control, model)


@pytest.fixture
def services() -> Services:
    return services_of(read_catalog())
