"""The daily run of the reconciliation, and its outcome as metrics."""

import subprocess
import sys

from sandbox.estate.workload import outcome
from sandbox.estate.workload.exposition import Instruments
from sandbox.world import World

_DAY_SECONDS = 24 * 60 * 60
_FIRST_SECONDS = 5 * 60  # after the first start
_AGAIN_SECONDS = 5 * 60  # after an inconclusive run


class Daily:
    """
    The audit-reconciliation job.

    Args:
        world: The sandbox of the audit trail.
        instruments: The metrics of its outcome. Until the first run they report a run at the start
            that found nothing: there was no operation yet.
        started: The start of the workload, in seconds since the epoch.
    """

    def __init__(self, world: World, instruments: Instruments, started: float) -> None:
        self._world = world
        self._to = instruments
        self._started = started
        self._tried = started
        self._running: subprocess.Popen[bytes] | None = None

    @property
    def runs(self) -> bool:
        """Report whether a run is in progress."""
        return self._running is not None and self._running.poll() is None

    def step(self, now: float) -> None:
        """Start a run if one is due, and export the last outcome."""
        last = outcome.last(self._world)
        reported = last or outcome.Outcome(at=self._started, missing=0)
        self._to.set("audit_reconciliation_missing_records", reported.missing)
        self._to.set("audit_reconciliation_last_success_timestamp_seconds", reported.at)
        if self.runs:
            return
        due = last.at + _DAY_SECONDS if last else self._started + _FIRST_SECONDS
        if now >= due and now >= self._tried + _AGAIN_SECONDS:
            self._tried = now
            # Its report goes to the workload's log.
            where = f"--world={self._world.folder}"
            command = [sys.executable, "-m", "sandbox.estate.workload.reconciliation", where]
            self._running = subprocess.Popen(command)

    def close(self) -> None:
        """Stop the run in progress."""
        if self._running is not None:
            self._running.terminate()
            self._running.wait()
