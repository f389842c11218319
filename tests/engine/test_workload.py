"""The workload on real brokers: its records are there, and whether they all are can be proven."""

import json
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest
import requests
from confluent_kafka import Consumer, TopicPartition

from sandbox.workload import server
from sandbox.workload.comparison import Report, Window, reconcile
from tests.conftest import ROOT
from tests.engine.conftest import Sandbox
from tests.engine.kafka_clients import SECONDS, TOPIC, settings

BROKERS = ("kafka-1", "kafka-2", "kafka-3")


@dataclass(frozen=True)
class Workload:
    """The sandbox's workload, as a person meets it."""

    sandbox: Sandbox

    def put(self, mode: str, **body: object) -> None:
        self._answer("PUT", f"/sandbox/{mode}", body)

    def reset(self) -> None:
        self._answer("POST", "/sandbox/reset", None)

    def progress(self) -> Mapping[str, int]:
        told: Mapping[str, int] = self._answer("GET", "/sandbox/behaviour", None)["progress"]
        return told

    def total(self, name: str) -> float:
        text = requests.get(f"{self.url}/metrics", timeout=SECONDS).text
        return sum(float(line.split()[-1]) for line in text.splitlines() if line.startswith(name))

    def log(self) -> str:
        return (self.sandbox.world.logs / "workload.log").read_text()

    def ids(self, window: Window) -> set[str]:
        """Read from the ledger whose operations the window has."""
        rows = self._ask(
            "SELECT name || '-' || number FROM operations, book WHERE at >= ? AND at < ?",
            window.since,
            window.until,
        )
        return {identity for (identity,) in rows}

    def reconciliation(self, *arguments: str) -> tuple[int, str, str]:
        """Run the command; give its exit code and what it said."""
        where = f"--world={self.sandbox.world.folder}"
        done = subprocess.run(
            [sys.executable, "-m", "sandbox.workload.reconciliation", where, *arguments],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
        return done.returncode, done.stdout, done.stderr

    @property
    def url(self) -> str:
        return server.url(self.sandbox.world)

    def _answer(self, method: str, path: str, body: Any) -> Any:
        answer = requests.request(method, f"{self.url}{path}", json=body, timeout=SECONDS)
        answer.raise_for_status()
        return answer.json()

    def _ask(self, question: str, *values: float) -> list[tuple[Any, ...]]:
        ledger = server.ledger_file(self.sandbox.world)
        connection = sqlite3.connect(f"{ledger.as_uri()}?mode=ro", uri=True)
        try:
            return connection.execute(question, values).fetchall()
        finally:
            connection.close()


@pytest.fixture
def workload(sandbox) -> Iterator[Workload]:
    """Give the shared sandbox's workload, and put all right again whatever a test did to it."""
    running = Workload(sandbox)
    until(lambda: running.progress()["records_waiting"] < 100)
    yield running
    sandbox.start()
    running.reset()


def until(reached: Callable[[], bool], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not reached():
        assert time.monotonic() < deadline, f"not reached in {seconds} s"
        time.sleep(0.1)


def during(workload: Workload, operations: int) -> Window:
    """Let so many operations be done, and all of their records be written."""
    since = settled(workload, 0).until
    workload.put("rate")
    done(workload, operations)
    return settled(workload, since)


def done(workload: Workload, operations: int) -> None:
    """Wait until so many more operations were done."""
    before = workload.progress()["operations"]
    until(lambda: workload.progress()["operations"] >= before + operations)


def settled(workload: Workload, since: float) -> Window:
    """Let no more operations be done, wait until every record is written, and end the window."""
    workload.put("rate", operations_per_second=0)
    rounds = workload.progress()["rounds"]
    # The round that ran at that moment knew the old rate; after the next nothing can come.
    until(lambda: workload.progress()["rounds"] >= rounds + 2)
    until(lambda: workload.progress()["records_waiting"] == 0)
    return Window(since=since, until=time.time())


def recorded(world, user="admin") -> Counter[str]:
    """Count the topic's records by their operation, by another consumer than the workload's."""
    consumer = Consumer({**settings(world, user), "group.id": "a test's own"})
    ends = {
        number: consumer.get_watermark_offsets(TopicPartition(TOPIC, number), SECONDS)
        for number in range(10)
    }
    consumer.assign([TopicPartition(TOPIC, number, 0) for number in range(10)])
    left = sum(high for _, high in ends.values())
    found: Counter[str] = Counter()
    while left > 0:
        messages = consumer.consume(left, 1)
        left -= len(messages)
        found.update(json.loads(message.value() or b"")["operation"] for message in messages)
    consumer.close()
    return found


def uncounted(workload: Workload) -> float:
    return workload.total("encryption_operations_total") - workload.total("audit_records_total")


def as_arguments(window: Window) -> list[str]:
    moments = {"since": window.since, "until": window.until}
    return [
        f"--{word}={datetime.fromtimestamp(at, UTC).isoformat()}" for word, at in moments.items()
    ]


def complete(window: Window, operations: int) -> Report:
    """Give the report of a trail in which every operation has one record."""
    return Report(
        window=window,
        operations=operations,
        records=operations,
        missing=[],
        duplicates=[],
        foreign=0,
    )


def test_every_operation_has_one_record_that_others_can_read(workload):
    window = during(workload, 100)

    topic = recorded(workload.sandbox.world)
    assert {topic[identity] for identity in workload.ids(window)} == {1}


def test_the_reader_reads_what_the_writer_wrote(workload):
    during(workload, 20)
    written = workload.progress()["records_written"]

    until(lambda: workload.progress()["records_read"] >= written)
    assert workload.total("audit_records_total") == written


def test_a_whole_trail_is_proven_complete(workload):
    window = during(workload, 100)
    code, report, _ = workload.reconciliation(*as_arguments(window))

    assert reconcile(workload.sandbox.world, window) == complete(window, len(workload.ids(window)))
    assert (code, report.splitlines()[0]) == (0, "audit trail: complete")


def test_lost_records_are_found_each_by_its_id(workload):
    settled(workload, 0)
    before = uncounted(workload)
    workload.put("lossy", operations_percent=5)
    window = during(workload, 200)

    lost = workload.ids(window) - recorded(workload.sandbox.world).keys()
    report = reconcile(workload.sandbox.world, window)
    code, told, _ = workload.reconciliation(*as_arguments(window))
    assert set(report.missing) == lost
    assert len(lost) == report.operations * 5 // 100
    assert report.operations - report.records == len(lost)
    assert code == 1
    assert told.startswith(f"audit trail: a gap: {len(lost)} operations have no record\n")
    assert uncounted(workload) - before == len(lost)


def test_late_records_wait_and_none_is_lost(workload):
    since = time.time()
    workload.put("late", audit_seconds=3600)
    written = workload.progress()["records_written"]
    until(lambda: workload.progress()["records_waiting"] >= 60)
    behind = workload.progress()["records_written"] - written
    workload.put("late")
    window = settled(workload, since)

    assert behind < 60
    assert reconcile(workload.sandbox.world, window) == complete(window, len(workload.ids(window)))


def test_with_one_broker_killed_no_record_is_lost(workload):
    since = time.time()
    workload.put("rate", operations_per_second=200)
    done(workload, 200)
    workload.sandbox.kill("kafka-2")
    done(workload, 2000)
    window = settled(workload, since)

    assert reconcile(workload.sandbox.world, window) == complete(window, len(workload.ids(window)))


def test_a_killed_workload_loses_no_record(workload):
    since = time.time()
    workload.put("rate", operations_per_second=1000)
    done(workload, 2000)
    workload.sandbox.kill("workload")
    workload.sandbox.start()
    window = settled(workload, since)

    report = reconcile(workload.sandbox.world, window)
    assert report.missing == []
    assert report.records == report.operations == len(workload.ids(window))


def test_while_every_broker_is_dead_nothing_is_proven_and_nothing_is_lost(workload):
    since = time.time()
    for broker in BROKERS:
        workload.sandbox.kill(broker)
    before = workload.total("encryption_operations_total")
    sentence = "Kafka takes no encryption-audit-service's record: "
    told = workload.log().count(sentence)
    until(lambda: workload.log().count(sentence) > told)
    code, report, error = workload.reconciliation(
        f"--since={datetime.fromtimestamp(since, UTC).isoformat()}",
        f"--until={datetime.now(UTC).isoformat()}",
    )
    still = workload.total("encryption_operations_total")
    told_once = workload.log().count(sentence) == told + 1
    workload.sandbox.start()
    window = settled(workload, since)

    assert (code, report) == (3, "")
    assert error.startswith("could not tell: Kafka did not answer: ")
    assert still >= before + 100
    assert told_once
    assert reconcile(workload.sandbox.world, window) == complete(window, len(workload.ids(window)))


def test_a_silent_workload_takes_a_scrape_and_never_answers(workload):
    workload.put("silent", everything=True)

    with pytest.raises(requests.ReadTimeout):
        requests.get(f"{workload.url}/metrics", timeout=2)
    assert requests.get(f"{workload.url}/actuator/health", timeout=SECONDS).status_code == 200


def test_its_answers_say_that_it_is_a_simulator(workload):
    answer = requests.get(f"{workload.url}/actuator/health", timeout=SECONDS)

    assert answer.headers["Server"] == "waqiti-sandbox-workload-simulator"


def test_neither_its_log_nor_its_records_hold_a_credential(workload):
    during(workload, 20)
    world = workload.sandbox.world
    told = workload.log() + "".join(recorded(world)) + str(workload.reconciliation())

    assert [name for name, value in world.credentials.items() if value in told] == []
