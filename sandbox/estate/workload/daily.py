"""The daily run of the audit reconciliation, as a CronJob of production starts it."""

import subprocess
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from sandbox.world import CHECKOUT

_DAY_SECONDS = 24 * 60 * 60
_FIRST_SECONDS = 5 * 60  # after the first start
_AGAIN_SECONDS = 5 * 60  # after an inconclusive run
_VERIFIED = (0, 1)  # the exit codes of a run that compared every operation


class Daily:
    """
    The audit-reconciliation job.

    Args:
        command: The job, without its window.
        done: A file with the time of the last run that was not inconclusive.
        started: The start of the workload, in seconds since the epoch.
    """

    def __init__(self, command: Sequence[str], done: Path, started: float) -> None:
        self._command = command
        self._done = done
        self._started = started
        self._tried = started
        self._running: subprocess.Popen[bytes] | None = None

    @property
    def runs(self) -> bool:
        """Report whether a run is in progress."""
        return self._running is not None and self._running.poll() is None

    def step(self, now: float) -> None:
        """Start a run if one is due."""
        if self.runs:
            return
        if self._running is not None and self._running.returncode in _VERIFIED:
            self._done.write_text(f"{self._tried}")
            self._running = None
        due = float(self._done.read_text()) + _DAY_SECONDS if self._done.exists() else self._started
        if now >= max(due, self._started + _FIRST_SECONDS) and now >= self._tried + _AGAIN_SECONDS:
            self._tried = now
            # A sandbox may have been stopped for longer than its ledger keeps operations, so its
            # run never begins where the last one ended. Its report goes to the workload's log.
            since = datetime.fromtimestamp(now - _DAY_SECONDS, UTC).isoformat()
            self._running = subprocess.Popen(
                [*self._command, "run", f"--since={since}"], cwd=CHECKOUT
            )

    def close(self) -> None:
        """Stop the run in progress."""
        if self._running is not None:
            self._running.terminate()
            self._running.wait()
