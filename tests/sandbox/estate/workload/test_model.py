"""The model of the services, with a clock that the test moves."""

import pytest

from sandbox.estate.workload.behaviour import Behaviour, Late, Lossy, Rate, Wrong
from sandbox.estate.workload.exposition import read_catalog
from tests.sandbox.estate.workload.conftest import STARTED, services_of

FIVE_MINUTES = 300


def test_the_rate_determines_the_number_of_operations(services):
    operations = services.run(FIVE_MINUTES)

    assert len(operations) == 20 * FIVE_MINUTES
    assert services.total("encryption_operations_total") == 20 * FIVE_MINUTES


def test_operations_are_spread_over_the_elapsed_time(services):
    operations = services.step(0.5)

    assert [operation.at - STARTED for operation in operations] == pytest.approx(
        [0.05 * number for number in range(1, 11)], abs=1e-5
    )


def test_the_same_steps_give_the_same_numbers(services):
    again = services_of(read_catalog())

    assert services.run(60) == again.run(60)
    assert services.series() == again.series()


def test_every_gate_passes_in_normal_operation(services):
    """Each gate also has its minimum of events in five minutes; that of documents, in a day."""
    services.run(FIVE_MINUTES)

    requests = "http_server_requests_seconds_count"
    assert services.total("alert_delivery_seconds_count") >= 20
    assert services.total("alert_delivery_seconds_bucket", 'le="5.0"') == services.total(
        "alert_delivery_seconds_count"
    )
    assert services.total("payment_sagas_total") >= 500
    assert services.total("payment_sagas_total", "compensated") <= 5
    assert services.total("payment_sagas_total", "failed") == 0
    assert services.total(requests, 'service="payment-service"') >= 1000
    assert services.total(requests, "SERVER_ERROR") == 0
    assert services.total("legal_documents_total") * 288 >= 100
    assert services.total("legal_documents_total", "failure") == 0
    assert set(services.series("probe_success").values()) == {1}
    assert services.total("resilience4j_circuitbreaker_state", "closed") == 2
    assert services.total("idor_attempts_total") == 0


def test_another_rate_scales_every_metric(services):
    services.control.behaviour = Behaviour(rate=Rate(operations_per_second=2))
    services.run(FIVE_MINUTES)

    assert services.total("encryption_operations_total") == 2 * FIVE_MINUTES
    assert services.total("payment_sagas_total") == 60


def test_a_rate_of_zero_changes_nothing(services):
    services.control.behaviour = Behaviour(rate=Rate(operations_per_second=0))
    services.step(0.5)
    before = services.series()

    assert services.run(10) == []
    assert services.series() == before


def test_a_suspended_machine_does_nothing_meanwhile(services):
    assert len(services.step(8 * 60 * 60)) == 60 * 20


def test_a_clock_that_is_set_back_changes_nothing(services):
    services.run(10)

    assert services.step(-3600) == []
    assert len(services.step(1)) == 20


def test_late_deliveries_take_the_configured_time(services):
    services.control.behaviour = Behaviour(late=Late(alert_delivery_seconds=8))
    services.run(FIVE_MINUTES)

    deliveries = services.total("alert_delivery_seconds_count")
    assert services.total("alert_delivery_seconds_bucket", 'le="7.5"') == 0
    assert services.total("alert_delivery_seconds_bucket", 'le="10.0"') == deliveries == 60


def test_the_backup_runs_daily_unless_it_is_late(services):
    labels = 'cronjob="legal-documents-backup",namespace="legal"'
    name = f"kube_cronjob_status_last_successful_time{{{labels}}}"
    services.step(23 * 60 * 60)
    first = services.series()[name]
    services.step(60 * 60)
    second = services.series()[name]
    services.control.behaviour = Behaviour(late=Late(backup_hours=27))
    services.step(0.5)

    assert (first, second) == (STARTED, STARTED + 24 * 60 * 60)
    assert services.series()[name] == services.now - 27 * 60 * 60


@pytest.mark.parametrize(
    ("wrong", "metric", "part", "percent"),
    [
        (Wrong(requests_percent=2), "http_server_requests_seconds_count", "SERVER_ERROR", 2),
        (Wrong(sagas_percent=5), "payment_sagas_total", "compensated", 5),
        (Wrong(pdfs_percent=50), "legal_documents_total", "failure", 50),
    ],
)
def test_the_configured_share_of_operations_fails(services, wrong, metric, part, percent):
    services.control.behaviour = Behaviour(wrong=wrong)
    services.run(FIVE_MINUTES)

    assert services.total(metric, part) == services.total(metric) * percent / 100


def test_every_incomplete_saga_has_an_error(services):
    services.control.behaviour = Behaviour(wrong=Wrong(sagas_percent=5))
    services.run(FIVE_MINUTES)

    assert services.total("payment_saga_errors_total") == 30
    assert services.total("payment_sagas_total", "compensated") == 30


def test_an_open_circuit_breaker_has_only_that_state(services):
    services.control.behaviour = Behaviour(wrong=Wrong(circuit_breaker_open=True))
    services.step(0.5)

    assert services.total("resilience4j_circuitbreaker_state", 'state="open"') == 2
    assert services.total("resilience4j_circuitbreaker_state") == 2


def test_services_that_are_down_fail_their_probes(services):
    services.control.behaviour = Behaviour(wrong=Wrong(down=True))
    services.step(0.5)

    assert set(services.series("probe_success").values()) == {0}


def test_lost_records_are_of_operations_that_were_counted(services):
    services.control.behaviour = Behaviour(lossy=Lossy(operations_percent=5))
    operations = services.run(100)

    assert len(operations) == services.total("encryption_operations_total") == 2000
    assert sum(not operation.audited for operation in operations) == 100
