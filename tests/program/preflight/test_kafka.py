"""Kafka must answer; what its principal may do is tested with real brokers in `tests/engine`."""

import socket

import pytest

from clients.failures import NoAnswerError
from program.preflight.kafka import problems
from tests.conftest import stack_settings

USER = ("KAFKA_SASL_USERNAME", "KAFKA_SASL_PASSWORD")
CERTIFICATE = ("KAFKA_CLIENT_CERT", "KAFKA_CLIENT_KEY")


@pytest.fixture(autouse=True)
def _no_credentials(monkeypatch):
    for name in (*USER, *CERTIFICATE):
        monkeypatch.delenv(name, raising=False)


def found(*ports, mechanism="scram-sha512"):
    addresses = tuple(f"127.0.0.1:{port}" for port in ports)
    changes = {"bootstrap_servers": addresses, "sasl_mechanism": mechanism}
    settings = stack_settings("prod").kafka.model_copy(update=changes)
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


@pytest.mark.parametrize("given", USER)
def test_without_a_user_and_a_password_nothing_is_asked(monkeypatch, given):
    monkeypatch.setenv(given, "something")
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]

        with pytest.raises(NoAnswerError) as refused:
            found(port)

    assert str(refused.value) == (
        f"Kafka at 127.0.0.1:{port} needs a user: set KAFKA_SASL_USERNAME and KAFKA_SASL_PASSWORD"
    )


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        (
            {"KAFKA_CLIENT_CERT": __file__},
            (
                "Kafka at {} needs a certificate: set KAFKA_CLIENT_CERT and KAFKA_CLIENT_KEY to "
                "its files"
            ),
        ),
        (
            dict.fromkeys((*CERTIFICATE, USER[0]), __file__),
            (
                "Kafka at {} is reached by certificate (kafka.sasl_mechanism is none): unset "
                "KAFKA_SASL_USERNAME and KAFKA_SASL_PASSWORD"
            ),
        ),
        (
            {"KAFKA_CLIENT_CERT": __file__, "KAFKA_CLIENT_KEY": "/missing"},
            "KAFKA_CLIENT_KEY is /missing, which is no file: correct it",
        ),
    ],
)
def test_a_certificate_is_a_file_and_a_key_and_no_user(monkeypatch, given, sentence):
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]

        with pytest.raises(NoAnswerError) as refused:
            found(port, mechanism="none")

    assert str(refused.value) == sentence.format(f"127.0.0.1:{port}")
