"""The producer while no broker answers: nothing is lost, and the log has one line."""

import json
import logging

import pytest

from sandbox.estate.workload.audit_writer import AuditWriter, record
from sandbox.estate.workload.ledger import Entry, Ledger, Operation

OPERATION = Operation(at=1_800_000_000.5, kind="decrypt", service="payment-service", key="key-1")
NOBODY = {"bootstrap.servers": "127.0.0.1:1"}  # a port where nothing listens


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def ledger(tmp_path):
    opened = Ledger(tmp_path / "book.sqlite")
    yield opened
    opened.close()


def logged(caplog) -> list[tuple[int, str]]:
    """Return the workload's own log lines, without their reasons."""
    own = [record for record in caplog.records if record.name == "workload"]
    return [(record.levelno, record.message.split(":")[0]) for record in own]


def test_while_kafka_is_down_every_record_waits_and_the_log_has_one_line(ledger, caplog):
    clock = Clock()
    written: list[Entry] = []
    writer = AuditWriter(NOBODY, ledger, written.extend, clock)
    ledger.enter([OPERATION] * 3)
    writer.write(2e9)
    at_first = logged(caplog)
    for _ in range(3):
        clock.now += 11
        ledger.enter([OPERATION])
        writer.write(2e9)

    assert at_first == []
    assert logged(caplog) == [(logging.WARNING, "Kafka takes no encryption-audit-service's record")]
    assert ledger.count_awaiting() == 6
    assert written == []


def test_a_bounded_number_of_records_is_sent_and_the_rest_waits_on_disk(ledger):
    writer = AuditWriter(NOBODY, ledger, lambda _: None, Clock())
    ledger.enter([OPERATION] * 10_500)
    writer.write(2e9)
    writer.write(2e9)

    assert len(writer) == 10_000
    assert ledger.count_awaiting() == 10_500


def test_a_record_has_service_time_and_key_id_and_nothing_else():
    entry = Entry(number=17, operation=OPERATION)

    assert json.loads(record("5f3a-17", entry)) == {
        "operation": "5f3a-17",
        "at": "2027-01-15T08:00:00.500+00:00",
        "kind": "decrypt",
        "service": "payment-service",
        "key": "key-1",
    }
