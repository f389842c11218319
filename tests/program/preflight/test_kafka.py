"""Kafka must answer; what its principal may do is tested with real brokers in `tests/engine`."""

import socket

import pytest

from clients.failures import NoAnswerError
from program.preflight.kafka import problems
from tests.conftest import stack_settings


def found(*ports):
    addresses = tuple(f"127.0.0.1:{port}" for port in ports)
    settings = stack_settings("prod").kafka.model_copy(update={"bootstrap_servers": addresses})
    return list(problems(settings, ["Alter"], {"records": ["Create"]}, "a command"))


def test_addresses_that_refuse_connections_are_one_sentence():
    with socket.socket() as one, socket.socket() as other:
        one.bind(("127.0.0.1", 0))
        other.bind(("127.0.0.1", 0))
        ports = [holder.getsockname()[1] for holder in (one, other)]

        reported = found(*ports)

    assert reported == [
        "Kafka does not answer at "
        + ", ".join(f"127.0.0.1:{port} (connection refused)" for port in ports)
    ]


@pytest.mark.parametrize("given", ["KAFKA_SASL_USERNAME", "KAFKA_SASL_PASSWORD"])
def test_without_a_user_and_a_password_nothing_is_asked(monkeypatch, given):
    for name in ("KAFKA_SASL_USERNAME", "KAFKA_SASL_PASSWORD"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv(given, "something")
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]

        with pytest.raises(NoAnswerError) as refused:
            found(port)

    assert str(refused.value) == (
        f"Kafka at 127.0.0.1:{port} needs a user: set KAFKA_SASL_USERNAME and KAFKA_SASL_PASSWORD"
    )
