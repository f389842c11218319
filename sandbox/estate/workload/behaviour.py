"""The behaviour of the workload: healthy by default, or late, wrong, lossy or silent."""

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, model_validator

Percent = Annotated[float, Field(ge=0, le=100)]
Seconds = Annotated[float, Field(ge=0, le=86400)]


class _Mode(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class Late(_Mode):
    """The operations that take too long."""

    alert_delivery_seconds: Annotated[float, Field(gt=0, le=3600)] | None = None
    audit_seconds: Seconds = 0  # delay of an audit record after its operation
    backup_hours: Annotated[float, Field(ge=0, le=8760)] | None = None  # age of the last backup


class Wrong(_Mode):
    """The operations that fail, and whether the health route reports it."""

    requests_percent: Percent = 0
    sagas_percent: Percent = 0
    pdfs_percent: Percent = 0
    circuit_breaker_open: bool = False
    down: bool = False


class Lossy(_Mode):
    """The share of operations without an audit record, both in the metrics and in Kafka."""

    operations_percent: Percent = 0


class Silent(_Mode):
    """The metrics that are missing; with everything, the metrics route never answers a request."""

    metrics: frozenset[str] = frozenset()
    everything: bool = False

    @model_validator(mode="after")
    def _only_what_exists_can_vanish(self, info: ValidationInfo) -> Self:
        known: Collection[str] | None = (info.context or {}).get("metrics")
        unknown = sorted(self.metrics - set(known)) if known is not None else []
        if unknown:
            raise ValueError(f"no metric of catalog/metrics.yaml: {', '.join(unknown)}")
        return self


class Rate(_Mode):
    """The rate of operations."""

    operations_per_second: Annotated[float, Field(ge=0, le=1000)] = 20


class Behaviour(_Mode):
    """Every mode; each is replaced whole."""

    late: Late = Late()
    wrong: Wrong = Wrong()
    lossy: Lossy = Lossy()
    silent: Silent = Silent()
    rate: Rate = Rate()


@dataclass
class Progress:
    """
    The work since the start.

    Args:
        rounds: How often the model was stepped and the ledger written.
        operations: How many were entered in the ledger.
        records_waiting: How many records Kafka has not acknowledged; also of before the start.
        records_written: How many it has.
        records_read: How many were read back.
    """

    rounds: int = 0
    operations: int = 0
    records_waiting: int = 0
    records_written: int = 0
    records_read: int = 0


@dataclass
class Control:
    """The state that the control routes set and show."""

    behaviour: Behaviour = field(default_factory=Behaviour)
    progress: Progress = field(default_factory=Progress)
