"""The encryption-audit-service: it writes an audit record for every operation of the ledger."""

import json
import logging
import math
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime

from confluent_kafka import KafkaError, KafkaException, Message, Producer

from sandbox.estate.workload.condition import SILENT, Condition
from sandbox.estate.workload.ledger import Entry, Ledger, operation_id

SERVICE = "encryption-audit-service"
TOPIC = "encryption-audit-log"

# The records that librdkafka holds at most; the rest waits in the ledger, on disk.
_AT_ONCE = 10_000
# The pause after a refused record: Pulumi may be about to create the topic or its ACLs.
_PAUSE_SECONDS = 2
# Without an acknowledgement for this long, the workload reports that Kafka accepts no records.
_PATIENCE_SECONDS = 10

_log = logging.getLogger("workload")


class AuditWriter:
    """
    The producer.

    Args:
        settings: How it reaches Kafka as its own user.
        ledger: The operations to write; it marks those that are written.
        on_written: Called with the entries whose records were acknowledged.
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
            "message.timeout.ms": 0,  # no record times out
            "linger.ms": 100,
            "reconnect.backoff.max.ms": 2000,
            "error_cb": self._note_error,
        }
        self._ledger = ledger
        self._on_written = on_written
        self._clock = clock
        self._condition = Condition(
            _log,
            healthy=f"Kafka takes {SERVICE}'s records",
            unhealthy=f"Kafka takes no {SERVICE}'s record",
        )
        self._handed_over: dict[int, float] = {}
        self._acknowledged: list[Entry] = []
        self._reason = "no acknowledgement"
        self._resume_at = self._acknowledged_at = 0.0
        self._is_broken = False
        self._producer = self._connect()

    def __len__(self) -> int:
        """Return the number of records that are sent and not acknowledged."""
        return len(self._handed_over)

    def write(self, due: float) -> None:
        """Send the records of operations up to *due*, and process acknowledgements."""
        self._take_in(self._producer.poll, 0)
        if self._clock() >= self._resume_at:
            if self._is_broken:
                self._start_over()
            most = _AT_ONCE if len(self) < _AT_ONCE else 0
            for entry in self._ledger.awaiting(due, most):
                if self._clock() < self._resume_at:
                    break  # the previous one was refused
                if entry.number not in self._handed_over:
                    self._hand_over(entry)
        self._report_silence()

    def close(self, seconds: float) -> None:
        """Wait *seconds* for acknowledgements; the next start writes the remaining records."""
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
        self._condition.unhealthy(self._reason)

    def _start_over(self) -> None:
        """Replace a producer with a fatal error; its records may be written twice."""
        self._handed_over.clear()
        self._is_broken = False
        self._producer = self._connect()

    def _take_in(self, wait: Callable[[float], object], seconds: float) -> None:
        try:
            wait(seconds)
        except KafkaException as error:
            # Without the right to write the producer gets no id, which is a fatal error.
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
        self._condition.healthy()

    def _report_silence(self) -> None:
        # A long queue has old records: what counts is the last acknowledgement.
        since = max(min(self._handed_over.values(), default=math.inf), self._acknowledged_at)
        if self._clock() - since > _PATIENCE_SECONDS:
            self._condition.unhealthy(self._reason)

    def _note_error(self, error: KafkaError) -> None:
        self._reason = error.str()


def record(identity: str, entry: Entry) -> bytes:
    """Return the audit record of an operation: who, when and with which key; nothing secret."""
    operation = entry.operation
    at = datetime.fromtimestamp(operation.at, UTC).isoformat(timespec="milliseconds")
    content = {
        "operation": identity,
        "at": at,
        "kind": operation.kind,
        "service": operation.service,
        "key": operation.key,
    }
    return json.dumps(content).encode()
