"""What the workload does all the time: it steps the model, writes audit records and reads them."""

import logging
import os
import signal
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from sandbox.workload.audit_reader import AuditReader
from sandbox.workload.audit_writer import AuditWriter
from sandbox.workload.behaviour import Control
from sandbox.workload.daily import Daily
from sandbox.workload.ledger import Ledger
from sandbox.workload.model import Model

_STEP_SECONDS = 0.5
_FLUSH_SECONDS = 1  # supervisord kills three seconds after it asked
_KEPT_SECONDS = 2 * 24 * 60 * 60  # the daily reconciliation looks one day back
_TIDY_SECONDS = 60 * 60

_log = logging.getLogger("workload")


@dataclass(kw_only=True)
class Work:
    """Two threads, so that a Kafka that does not answer the reader never delays an operation."""

    model: Model
    ledger: Ledger
    writer: AuditWriter
    reader: AuditReader
    daily: Daily
    control: Control
    _stop: threading.Event = field(default_factory=threading.Event)
    _threads: list[threading.Thread] = field(default_factory=list)
    _tidy_at: float = 0

    def start(self) -> None:
        for task in (self._operate, self._query):
            thread = threading.Thread(target=self._repeat, args=(task,), name=task.__name__)
            thread.start()
            self._threads.append(thread)

    def stop(self) -> None:
        """End all; what was not acknowledged is written after the next start."""
        self._stop.set()
        for thread in self._threads:
            thread.join()
        self.daily.close()
        self.writer.close(_FLUSH_SECONDS)
        self.reader.close()
        self.ledger.close()

    def _operate(self) -> None:
        now = time.time()
        operations = self.model.step(now)
        self.ledger.enter(operations)
        self.writer.write(now - self.control.behaviour.late.audit_seconds)
        self.daily.step(now)
        if now >= self._tidy_at:
            self.ledger.forget_before(now - _KEPT_SECONDS)
            self._tidy_at = now + _TIDY_SECONDS
        progress = self.control.progress
        progress.operations += len(operations)
        progress.records_waiting = self.ledger.count_awaiting()
        progress.rounds += 1
        self._stop.wait(_STEP_SECONDS)

    def _query(self) -> None:
        self.reader.read(_STEP_SECONDS)

    def _repeat(self, task: Callable[[], None]) -> None:
        try:
            while not self._stop.is_set():
                task()
        except Exception:  # noqa: BLE001 - whatever it is, the process ends by it
            # A workload that only half works would be taken for a finding: it ends, and says why.
            _log.exception("the workload ends")
            os.kill(os.getpid(), signal.SIGTERM)
