"""The workload on real brokers: its records exist, and their completeness can be verified."""

import json
import time
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
import requests
from confluent_kafka import Consumer, TopicPartition
from confluent_kafka.admin import (
    AclBindingFilter,
    AclOperation,
    AclPermissionType,
    ResourcePatternType,
    ResourceType,
)

from audit_reconciliation.comparison import Report, compare
from audit_reconciliation.configuration import read_configuration
from audit_reconciliation.operations import LedgerEndpoint
from audit_reconciliation.outcome import Window
from audit_reconciliation.topic import AuditTopic
from sandbox.estate.audit_reconciliation import configuration_file
from sandbox.servers import kafka, prometheus
from tests.engine.kafka_clients import SECONDS, TOPIC, result, settings
from tests.engine.workload_client import Workload, done, during, settled, until

pytestmark = [pytest.mark.minutes(4), pytest.mark.own_sandbox]

REFUSED = "Kafka takes no encryption-audit-service's record: "
WRITE = AclBindingFilter(
    ResourceType.TOPIC,
    TOPIC,
    ResourcePatternType.LITERAL,
    "User:encryption-audit-service",
    "*",
    AclOperation.WRITE,
    AclPermissionType.ALLOW,
)
BROKERS = ("kafka-1", "kafka-2", "kafka-3")


@pytest.fixture
def workload(sandbox) -> Iterator[Workload]:
    """Provide the shared sandbox's workload, and repair both after the test."""
    running = Workload(sandbox)
    until(lambda: running.progress()["records_waiting"] < 100)
    yield running
    sandbox.start()
    running.reset()


def recorded(world, user="admin") -> Counter[str]:
    """Count the records of the topic by operation, with a consumer that is not the workload's."""
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
    """Return the report of a trail in which every operation has one record."""
    return Report(window=window, operations=operations, missing_ids=[], duplicate_ids=[])


def reconcile(world, window):
    """Compare as the job does, and return the whole report."""
    configuration = read_configuration(configuration_file(world))
    with AuditTopic(configuration) as topic:
        operations = LedgerEndpoint(configuration.operations_url).between(window)
        return compare(operations, topic.recorded(window.since), window)


def assert_none_is_lost(workload: Workload, window: Window) -> None:
    """After a kill, the last few records may be written twice: their acknowledgement was lost."""
    report = reconcile(workload.sandbox.world, window)
    assert (report.missing, report.foreign) == (0, 0)
    assert report.operations == len(workload.ids(window))


def test_every_operation_has_one_record_that_other_consumers_can_read(workload):
    window = during(workload, 100)

    topic = recorded(workload.sandbox.world)
    assert {topic[identity] for identity in workload.ids(window)} == {1}


def test_the_reader_reads_what_the_writer_wrote(workload):
    during(workload, 20)
    written = workload.progress()["records_written"]

    until(lambda: workload.progress()["records_read"] >= written)
    assert workload.total("audit_records_total") == written


def test_a_complete_trail_is_reported_as_complete(workload):
    window = during(workload, 100)
    code, report, _ = workload.reconciliation(*as_arguments(window))

    assert reconcile(workload.sandbox.world, window) == complete(window, len(workload.ids(window)))
    assert (code, report.splitlines()[0]) == (0, "audit trail: complete")


def test_each_lost_record_is_reported_by_its_id(workload):
    settled(workload, 0)
    before = uncounted(workload)
    workload.put("lossy", operations_percent=5)
    window = during(workload, 200)

    lost = workload.ids(window) - recorded(workload.sandbox.world).keys()
    report = reconcile(workload.sandbox.world, window)
    code, reported, _ = workload.reconciliation(*as_arguments(window))
    assert set(report.missing_ids) == lost
    # Every twentieth record is lost, and a window may begin between two of them.
    assert len(lost) - report.operations * 5 // 100 in {0, 1}
    assert report.missing == len(lost)
    assert code == 1
    assert reported.startswith(f"audit trail: a gap: {len(lost)} operations have no record\n")
    assert uncounted(workload) - before == len(lost)


def test_the_group_keeps_the_outcome_of_a_run_and_prometheus_has_it(workload):
    during(workload, 20)
    world = workload.sandbox.world
    since = datetime.fromtimestamp(time.time() - 3600, UTC).isoformat()
    _, output, _ = workload.reconciliation(f"--since={since}")
    told = json.loads(output.splitlines()[-1])

    def exported(name):
        query = {"query": f'{name}{{namespace="audit"}}'}
        answer = requests.get(f"{prometheus.url(world)}/api/v1/query", query, timeout=SECONDS)
        return [float(one["value"][1]) for one in answer.json()["data"]["result"]]

    with AuditTopic(read_configuration(configuration_file(world))) as topic:
        kept = topic.last()
    assert kept is not None
    assert {"outcome": told["outcome"], **kept.as_json()} == told
    until(lambda: exported("audit_reconciliation_last_success_timestamp_seconds") == [kept.at])
    assert exported("audit_reconciliation_missing_records") == [kept.missing]


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

    assert_none_is_lost(workload, window)


def test_a_workload_without_its_acls_waits_for_them(workload):
    """This is the state at the first start, before Pulumi creates topic and ACLs."""
    admin = kafka.admin(workload.sandbox.world)
    since = settled(workload, 0).until
    reported = workload.log().count(REFUSED)
    taken = result(admin.delete_acls([WRITE]))
    try:
        workload.sandbox.kill("workload")
        workload.sandbox.start()
        until(lambda: workload.log().count(REFUSED) > reported)
        done(workload, 40)
        written = workload.progress()["records_written"]
    finally:
        for binding in taken:
            result(admin.create_acls([binding]))
    window = settled(workload, since)

    assert [binding.principal for binding in taken] == ["User:encryption-audit-service"]
    assert written == 0
    assert_none_is_lost(workload, window)


def test_while_every_broker_is_down_nothing_is_verified_and_nothing_is_lost(workload):
    since = time.time()
    for broker in BROKERS:
        workload.sandbox.kill(broker)
    before = workload.total("encryption_operations_total")
    reported = workload.log().count(REFUSED)
    until(lambda: workload.log().count(REFUSED) > reported)
    code, report, error = workload.reconciliation(
        f"--since={datetime.fromtimestamp(since, UTC).isoformat()}",
        f"--until={datetime.now(UTC).isoformat()}",
    )
    still = workload.total("encryption_operations_total")
    logged_once = workload.log().count(REFUSED) == reported + 1
    workload.sandbox.start()
    window = settled(workload, since)

    assert (code, report) == (3, "")
    assert error.startswith("could not verify: Kafka did not answer: ")
    assert still >= before + 100
    assert logged_once
    assert_none_is_lost(workload, window)


def test_a_silent_workload_accepts_a_scrape_and_never_answers(workload):
    workload.put("silent", everything=True)

    with pytest.raises(requests.ReadTimeout):
        requests.get(f"{workload.url}/metrics", timeout=2)
    assert requests.get(f"{workload.url}/actuator/health", timeout=SECONDS).status_code == 200


def test_its_answers_report_that_it_is_a_simulator(workload):
    answer = requests.get(f"{workload.url}/actuator/health", timeout=SECONDS)

    assert answer.headers["Server"] == "waqiti-sandbox-workload-simulator"


def test_neither_its_log_nor_its_records_contain_a_credential(workload):
    during(workload, 20)
    world = workload.sandbox.world
    reported = workload.log() + "".join(recorded(world)) + str(workload.reconciliation())

    assert [name for name, value in world.credentials.items() if value in reported] == []


def test_a_refused_client_retries_at_most_twice_a_second(stopped):
    logs = [(stopped.logs / f"{broker}.log").read_text() for broker in BROKERS]
    refusals = sum(log.count("Principal = User:audit-query-service is Denied") for log in logs)

    # Pulumi creates the topic within a minute, and each attempt is logged once or twice.
    assert 0 < refusals < 500
