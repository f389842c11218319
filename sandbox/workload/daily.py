"""Once a day the reconciliation runs by itself, and its outcome becomes metrics."""

import subprocess
import sys

from sandbox.workload import outcome
from sandbox.workload.exposition import Instruments
from sandbox.world import World

_DAY_SECONDS = 24 * 60 * 60
_FIRST_SECONDS = 5 * 60  # after the start, where none ever ran
_AGAIN_SECONDS = 5 * 60  # after one that could not tell


class Daily:
    """
    The audit-reconciliation job.

    Args:
        world: Whose audit trail.
        instruments: Where it tells its outcome. Before the first, it tells of one at the start that
            found nothing: there was no operation yet.
        started: When the workload began, in seconds since the epoch.
    """

    def __init__(self, world: World, instruments: Instruments, started: float) -> None:
        self._world = world
        self._to = instruments
        self._started = started
        self._tried = started
        self._running: subprocess.Popen[bytes] | None = None

    @property
    def runs(self) -> bool:
        """Tell whether one runs now."""
        return self._running is not None and self._running.poll() is None

    def step(self, now: float) -> None:
        """Run what is due, and tell what is known."""
        last = outcome.last(self._world)
        told = last or outcome.Outcome(at=self._started, missing=0)
        self._to.set("audit_reconciliation_missing_records", told.missing)
        self._to.set("audit_reconciliation_last_success_timestamp_seconds", told.at)
        if self.runs:
            return
        due = last.at + _DAY_SECONDS if last else self._started + _FIRST_SECONDS
        if now >= due and now >= self._tried + _AGAIN_SECONDS:
            self._tried = now
            # Its report joins the workload's log.
            where = f"--world={self._world.folder}"
            command = [sys.executable, "-m", "sandbox.workload.reconciliation", where]
            self._running = subprocess.Popen(command)

    def close(self) -> None:
        """End what runs."""
        if self._running is not None:
            self._running.terminate()
            self._running.wait()
