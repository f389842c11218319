"""If Kafka or Vault does not answer, the error soon names system and address."""

import contextlib
import json
import socket
import ssl
import subprocess
import threading
from collections.abc import Iterator, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import trustme
import yaml

from components import CUSTOM_KINDS
from program.wiring import operator_provided_secrets
from sandbox.engine.stacks import offline_stack
from sandbox.estate import kubernetes as estate
from sandbox.world import HOST
from tests.conftest import ROOT, stack_settings

SETTINGS = stack_settings("staging")
KEYS = {key: None for keys in operator_provided_secrets(SETTINGS).values() for key in keys}
_SECONDS = 90  # an idle machine needs a third of it


@pytest.fixture
def closed() -> Iterator[str]:
    """Provide an address at which nothing listens during the test."""
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        yield f"127.0.0.1:{holder.getsockname()[1]}"


@pytest.fixture
def dropping() -> Iterator[str]:
    """Provide an address that drops connections, as a firewall does: its backlog is full."""
    with contextlib.ExitStack() as stack:
        server = stack.enter_context(socket.socket())
        server.bind(("127.0.0.1", 0))
        server.listen(0)
        for _ in range(3):
            client = stack.enter_context(socket.socket())
            client.settimeout(0)
            client.connect_ex(server.getsockname())
        yield f"127.0.0.1:{server.getsockname()[1]}"


@pytest.fixture
def silent() -> Iterator[str]:
    """Provide an address that accepts connections and never answers."""
    with socket.create_server(("127.0.0.1", 0), backlog=100) as server:
        yield f"127.0.0.1:{server.getsockname()[1]}"


class AnswersAll(BaseHTTPRequestHandler):
    """Answer the first requests of an `up` to a cluster and a Vault: every kind and key exists."""

    def do_GET(self) -> None:
        version = self.path.removeprefix("/apis/").rstrip("/")
        kinds = [
            {"name": kind, "kind": kind, "namespaced": True, "singularName": "", "verbs": []}
            for of, kind in CUSTOM_KINDS
            if of == version
        ]
        reported = {
            "kind": "APIResourceList",
            "groupVersion": version,
            "resources": kinds,
            "data": {"subkeys": KEYS},
        }
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(json.dumps(reported).encode())


@contextlib.contextmanager
def answering(tls: ssl.SSLContext | None = None) -> Iterator[str]:
    """Provide the address of a server that answers every request."""
    with ThreadingHTTPServer(("127.0.0.1", 0), AnswersAll) as server:
        if tls is not None:
            server.socket = tls.wrap_socket(server.socket, server_side=True)
        threading.Thread(target=server.serve_forever).start()
        yield f"{HOST}:{server.server_port}"
        server.shutdown()


@pytest.fixture
def cluster(tmp_path) -> Iterator[Mapping[str, str]]:
    """Provide an environment with staging's context, which leads to a cluster that answers."""
    context = SETTINGS.kubernetes.context
    with answering() as address:
        config = {
            "clusters": [{"name": "c", "cluster": {"server": f"http://{address}"}}],
            "users": [{"name": "u", "user": {}}],
            "contexts": [{"name": context, "context": {"cluster": "c", "user": "u"}}],
            "current-context": context,
        }
        path = tmp_path / "kubeconfig"
        path.write_text(yaml.safe_dump(config))
        yield {"KUBECONFIG": str(path)}


@pytest.fixture
def vault(tmp_path) -> Iterator[tuple[str, Mapping[str, str]]]:
    """Provide the address of a Vault that answers, and an environment that trusts it."""
    authority = trustme.CA()
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(HOST).configure_cert(tls)
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    with answering(tls) as address:
        yield f"https://{address}", {"SSL_CERT_FILE": str(tmp_path / "ca.pem")}


def up(engine, kafka: str, vault: str = "https://127.0.0.1:1", **own: str) -> str:
    changes: Mapping[str, Mapping[str, object]] = {
        "kafka": {"bootstrap_servers": [kafka]},
        "vault": {"address": vault},
        **estate.SETTINGS,  # an image that an `up` accepts
    }
    with offline_stack("staging", engine, **changes) as environment:
        done = subprocess.run(
            ["pulumi", "--non-interactive", "up", "--yes", "--skip-preview", "--continue-on-error"],
            cwd=ROOT,
            env={**environment, **own},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=_SECONDS,
            check=False,
        )
    assert done.returncode != 0
    assert "Traceback" not in done.stdout
    return done.stdout


@pytest.mark.parametrize(
    ("kind", "reason"), [("closed", "connection refused"), ("dropping", "timed out")]
)
def test_a_kafka_that_refuses_connections_is_reported_in_one_sentence(
    request, engine, kind, reason
):
    address = request.getfixturevalue(kind)

    reported = up(engine, address)

    assert f"error: Kafka does not answer at {address} ({reason}): nothing was changed" in reported
    assert reported.partition("Diagnostics:")[2].count(address) == 1


@pytest.mark.parametrize(
    ("kind", "reason"), [("closed", "connection refused"), ("silent", "timed out")]
)
def test_a_vault_that_does_not_answer_is_reported_in_one_sentence(
    request, engine, silent, cluster, kind, reason
):
    address = f"https://{request.getfixturevalue(kind)}"

    reported = up(engine, silent, address, **cluster)

    assert f"error: Vault at {address} does not answer ({reason}): nothing was changed" in reported
    assert reported.partition("Diagnostics:")[2].count(address) == 1


def test_a_vault_with_an_untrusted_certificate_is_reported_in_one_sentence(
    engine, silent, cluster, vault
):
    address, _ = vault

    reported = up(engine, silent, address, **cluster)

    assert f"error: Vault at {address} does not answer (" in reported
    assert "certificate verify failed: unable to get local issuer certificate" in reported


def test_a_kafka_that_does_not_answer_is_reported_by_the_provider(engine, silent, cluster, vault):
    address, trust = vault

    reported = up(engine, silent, address, **cluster, **trust)

    assert "kafka: client has run out of available brokers to talk to" in reported
    assert f"->{silent}: i/o timeout" in reported
