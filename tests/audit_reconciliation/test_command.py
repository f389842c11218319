"""The command: invalid arguments and configurations, and runs that could not verify."""

import time

import pytest

from audit_reconciliation.__main__ import _window as window_of
from audit_reconciliation.configuration import read_configuration
from audit_reconciliation.outcome import Outcome


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--since=2027-01-02T00:00"], "has no time zone: write 2027-01-02T00:00+00:00 for UTC"),
        (["--since=yesterday"], "argument --since: Invalid isoformat string: 'yesterday'"),
        (
            ["--since=2027-01-02T00:00Z", "--until=2027-01-01T00:00Z"],
            "2027-01-02T00:00:00+00:00 is not before 2027-01-01T00:00:00+00:00",
        ),
    ],
)
def test_invalid_arguments_are_an_error(pod, run, arguments, message):
    code, output, error = run(pod(), "run", *arguments)

    assert (code, output) == (2, "")
    assert error.endswith(message)


def test_a_ledger_that_does_not_answer_is_inconclusive(pod, run):
    window = ["--since=2027-01-01T00:00Z", "--until=2027-01-02T00:00Z"]
    code, output, error = run(pod(), "run", *window)

    assert (code, output) == (3, "")
    assert error.startswith("could not verify: the ledger at http://127.0.0.1:1/operations does")


def test_a_cron_job_passes_an_empty_text_for_no_window(pod, run):
    code, _, error = run(pod(secrets=[]), "run", "--since=", "--until=")

    assert (code, error.partition(": ")[2].rpartition("/")[2]) == (
        2,
        "kafka-identity: this secret cannot be read: No such file or directory",
    )


def test_every_problem_of_a_configuration_is_reported(pod, run):
    code, _, error = run(pod(port=0, topic=1), "run")

    assert code == 2
    assert error.endswith("configuration.json: port: Input should be greater than or equal to 1")


@pytest.mark.parametrize(
    ("kafka", "settings"),
    [
        (
            {"tls": True, "mechanism": "scram-sha512", "authorities": "PEM"},
            {
                "security.protocol": "SASL_SSL",
                "sasl.mechanism": "SCRAM-SHA-512",
                "sasl.username": "of the test",
                "sasl.password": "of the test",
                "ssl.ca.pem": "PEM",
            },
        ),
        (
            {"tls": True, "mechanism": None},
            {
                "security.protocol": "SSL",
                "ssl.certificate.pem": "of the test",
                "ssl.key.pem": "of the test",
            },
        ),
    ],
)
def test_it_connects_as_a_user_or_with_a_certificate(pod, kafka, settings):
    file = pod(kafka={"bootstrap_servers": ["kafka:9093"], **kafka})
    found = read_configuration(file).consumer_settings()

    assert found == {
        "bootstrap.servers": "kafka:9093",
        "group.id": "audit-reconciliation",
        "enable.auto.commit": False,
        "auto.offset.reset": "earliest",
        "reconnect.backoff.max.ms": 2000,
        **settings,
    }


class Kept:
    """A topic whose last run ended at 1,000 s."""

    def last(self):
        return Outcome(
            at=1060, since=0, until=1000, operations=1, missing=0, duplicates=0, foreign=0
        )


class Never:
    """A topic without a run."""

    def last(self):
        return None


@pytest.mark.parametrize(
    ("topic", "since", "until", "begin"),
    [
        (Kept(), None, None, 1000),
        (Kept(), 500, None, 500),
        (Never(), None, None, -86400),
        (Kept(), None, 2000, 2000 - 86400),
    ],
)
def test_a_run_begins_where_the_last_one_ended_unless_another_time_is_asked_for(
    topic, since, until, begin
):
    window = window_of(topic, since, until)

    assert window.since == (begin if begin >= 0 or until else window.until - 86400)
    assert (until or time.time() - 60) == pytest.approx(window.until, abs=10)
