"""The encryption-audit-service: it writes a record of every operation that the ledger awaits."""

import json
import logging
import math
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime

from confluent_kafka import KafkaError, KafkaException, Message, Producer

from sandbox.workload.condition import SILENT, Condition
from sandbox.workload.ledger import Entry, Ledger, operation_id

SERVICE = "encryption-audit-service"
TOPIC = "encryption-audit-log"

# What may be handed to librdkafka at once; the rest waits in the ledger, on disk.
_AT_ONCE = 10_000
# A refused record is offered again after this long: a topic or a user may be about to appear.
_PAUSE_SECONDS = 2
# A record that was handed over and not acknowledged for so long means that Kafka takes none.
_PATIENCE_SECONDS = 10

_log = logging.getLogger("workload")


class AuditWriter:
    """
    The producer.

    Args:
        settings: How it reaches Kafka as its own user.
        ledger: What it writes, and where it crosses off.
        on_written: Told whose records were acknowledged, each time some were.
        clock: Seconds since the epoch.
    """

    def __init__(
        self,
        settings: Mapping[str, str | int | float | bool],
        ledger: Ledger,
        on_written: Callable[[Sequence[Entry]], None],
        clock: Callable[[], float],
    ) -> None:
        self._settings = {
            **settings,
            "acks": "all",
            "enable.idempotence": True,
            "message.timeout.ms": 0,  # a record is never given up
            "linger.ms": 100,
            "reconnect.backoff.max.ms": 2000,
            "error_cb": self._complain,
        }
        self._ledger = ledger
        self._on_written = on_written
        self._clock = clock
        self._condition = Condition(
            _log, well=f"Kafka takes {SERVICE}'s records", ill=f"Kafka takes no {SERVICE}'s record"
        )
        self._handed_over: dict[int, float] = {}
        self._acknowledged: list[Entry] = []
        self._reason = "no acknowledgement"
        self._resume_at = self._acknowledged_at = 0.0
        self._is_broken = False
        self._producer = self._connect()

    def __len__(self) -> int:
        """Count the records that were handed over and not acknowledged."""
        return len(self._handed_over)

    def write(self, due: float) -> None:
        """Hand over the records of operations up to *due*, and take in what was acknowledged."""
        self._take_in(self._producer.poll, 0)
        if self._clock() >= self._resume_at:
            if self._is_broken:
                self._start_over()
            most = _AT_ONCE if len(self) < _AT_ONCE else 0
            for entry in self._ledger.awaiting(due, most):
                if self._clock() < self._resume_at:
                    break  # the one before was refused
                if entry.number not in self._handed_over:
                    self._hand_over(entry)
        self._tell()

    def close(self, seconds: float) -> None:
        """Wait a little for acknowledgements; what has none is written after the next start."""
        self._take_in(self._producer.flush, seconds)

    def _connect(self) -> Producer:
        return Producer(self._settings, logger=SILENT)

    def _hand_over(self, entry: Entry) -> None:
        def delivered(error: KafkaError | None, _: Message) -> None:
            if error is None:
                self._acknowledged.append(entry)
            else:
                self._refused(entry.number, error)

        identity = operation_id(self._ledger.name, entry.number)
        self._handed_over[entry.number] = self._clock()
        try:
            self._producer.produce(
                TOPIC, record(identity, entry), key=identity.encode(), on_delivery=delivered
            )
        except KafkaException as error:
            self._refused(entry.number, error.args[0])

    def _refused(self, number: int, error: KafkaError) -> None:
        self._handed_over.pop(number, None)
        self._pause(error)

    def _pause(self, error: KafkaError) -> None:
        self._is_broken = self._is_broken or error.fatal()
        self._reason = error.str()
        self._resume_at = self._clock() + _PAUSE_SECONDS
        self._condition.ill(self._reason)

    def _start_over(self) -> None:
        """Replace a producer that will write nothing more; what it had may be written twice."""
        self._handed_over.clear()
        self._is_broken = False
        self._producer = self._connect()

    def _take_in(self, wait: Callable[[float], object], seconds: float) -> None:
        try:
            wait(seconds)
        except KafkaException as error:
            # Without the right to write, the producer gets no identity, and gives up for good.
            self._pause(error.args[0])
        self._cross_off()

    def _cross_off(self) -> None:
        if not self._acknowledged:
            return
        entries, self._acknowledged = self._acknowledged, []
        self._ledger.written(entry.number for entry in entries)
        for entry in entries:
            self._handed_over.pop(entry.number, None)
        self._acknowledged_at = self._clock()
        self._on_written(entries)
        self._condition.well()

    def _tell(self) -> None:
        # While a long queue is worked off, its records are old and all is well.
        since = max(min(self._handed_over.values(), default=math.inf), self._acknowledged_at)
        if self._clock() - since > _PATIENCE_SECONDS:
            self._condition.ill(self._reason)

    def _complain(self, error: KafkaError) -> None:
        self._reason = error.str()


def record(identity: str, entry: Entry) -> bytes:
    """Give the audit record of an operation: who, when and with which key; nothing secret."""
    operation = entry.operation
    at = datetime.fromtimestamp(operation.at, UTC).isoformat(timespec="milliseconds")
    told = {
        "operation": identity,
        "at": at,
        "kind": operation.kind,
        "service": operation.service,
        "key": operation.key,
    }
    return json.dumps(told).encode()
