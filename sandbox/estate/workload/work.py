"""The loops of the workload: advance the model, write audit records, and read them."""

import logging
import os
import signal
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from sandbox.estate.workload.audit_reader import AuditReader
from sandbox.estate.workload.audit_writer import AuditWriter
from sandbox.estate.workload.behaviour import Control
from sandbox.estate.workload.daily import Daily
from sandbox.estate.workload.ledger import Ledger
from sandbox.estate.workload.model import Model

_STEP_SECONDS = 0.5
_FLUSH_SECONDS = 1  # supervisord kills three seconds after SIGTERM
_KEPT_SECONDS = 2 * 24 * 60 * 60  # the daily reconciliation looks one day back
_TIDY_SECONDS = 60 * 60

_log = logging.getLogger("workload")


@dataclass(kw_only=True)
class Work:
    """Two threads: a Kafka that does not answer the reader never delays an operation."""

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
        """Stop both threads; the next start writes what was not acknowledged."""
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
        except Exception:  # noqa: BLE001 - the process ends on any error
            # A partly working workload would look like an incident: log the error and exit.
            _log.exception("the workload stops")
            os.kill(os.getpid(), signal.SIGTERM)
