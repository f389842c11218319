"""If a system does not answer, the error soon names system and address."""

import contextlib
import json
import re
import socket
import ssl
import subprocess
import threading
from collections.abc import Iterator, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
import trustme

from sandbox.engine.stacks import offline_stack
from sandbox.estate import kubernetes as estate
from sandbox.world import HOST
from tests.conftest import ROOT, stack_settings
from tests.grants.stacks import declared_by
from tests.kubeconfigs import write_kubeconfig

SETTINGS = stack_settings("staging")
KEYS = {key: None for keys in SETTINGS.operator_provided.values() for key in keys}
_SECONDS = 90  # an idle machine needs a third of it


@pytest.fixture(scope="module", autouse=True)
def _declared() -> None:
    """Run the stack before a server must answer with its kinds: the run takes seconds."""
    declared_by("staging")


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
    """Answer the first requests of an `up` to any system: all that it needs exists."""

    def do_GET(self) -> None:
        version = self.path.removeprefix("/apis/").rstrip("/")
        kinds = [
            {"name": kind, "kind": kind, "namespaced": True, "singularName": "", "verbs": []}
            for of, kind in declared_by("staging").kinds()
            if of == version
        ]
        reported = {
            "kind": "APIResourceList",
            "groupVersion": version,
            "resources": kinds,
            "data": {"subkeys": KEYS, "type": "kv", "options": {"version": "2"}},
            "dashboards:create": ["folders:*"],
            "folders:create": ["folders:*"],
        }
        self._answer(reported)

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        capabilities = {path: ["root"] for path in asked.get("paths", ())}
        self._answer({**asked, "data": capabilities, "status": {"allowed": True}})

    def _answer(self, reported: object) -> None:
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
def cluster(tmp_path) -> Iterator[dict[str, str]]:
    """Provide an environment with staging's context, which leads to a cluster that answers."""
    context = SETTINGS.kubernetes.context
    with answering() as address:
        path = tmp_path / "kubeconfig"
        write_kubeconfig(path, context, f"http://{address}")
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


@pytest.fixture
def others(cluster) -> Iterator[dict[str, Any]]:
    """Provide what makes an `up` find every system but Kafka and Vault."""
    with answering() as address:
        yield {
            "environment": cluster,
            "grafana": {"url": f"http://{address}"},
            "pagerduty": {"api_url": f"http://{address}"},
            "slack": {"enabled": False},
        }


def up(
    engine,
    kafka: str,
    vault: str,
    environment: Mapping[str, str],
    **addresses: Mapping[str, object],
) -> str:
    changes: Mapping[str, Mapping[str, object]] = {
        "kafka": {"bootstrap_servers": [kafka]},
        "vault": {"address": vault},
        **addresses,
        **estate.SETTINGS,  # an image that an `up` accepts
    }
    principal = {"KAFKA_SASL_USERNAME": "pulumi", "KAFKA_SASL_PASSWORD": "a password"}
    with offline_stack("staging", engine, **changes) as own:
        done = subprocess.run(
            ["pulumi", "--non-interactive", "up", "--yes", "--skip-preview", "--continue-on-error"],
            cwd=ROOT,
            env={**own, **principal, **environment},
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


def problems(reported: str) -> list[str]:
    """Return the sentences of a refusal with several."""
    lines = [line.strip() for line in reported.partition("Diagnostics:")[2].splitlines()]
    (header,) = [line for line in lines if line.endswith(" problems, and nothing was changed:")]
    count = int(header.removeprefix("error: ").partition(" ")[0])
    start = lines.index(header) + 1
    return lines[start : start + count]


def test_all_systems_that_do_not_answer_are_reported_at_once(engine, tmp_path):
    nowhere = {"KUBECONFIG": str(tmp_path / "none")}
    with socket.socket() as holder:
        holder.bind((HOST, 0))
        closed = f"{HOST}:{holder.getsockname()[1]}"
        web = f"http://{closed}"

        reported = up(
            engine,
            closed,
            f"https://{closed}",
            nowhere,
            grafana={"url": web},
            pagerduty={"api_url": web},
            slack={"api_url": web},
        )

    assert [re.sub(r" \(Invalid .*?\)", "", line) for line in problems(reported)] == [
        f"Grafana at {web} does not answer (connection refused)",
        f"Kafka does not answer at {closed} (connection refused)",
        (
            f"the kubeconfig gives no way to the context {SETTINGS.kubernetes.context!r}: set "
            "KUBECONFIG to a file that has it"
        ),
        f"PagerDuty at {web} does not answer (connection refused)",
        f"Slack at {web} does not answer (connection refused)",
        f"Vault at https://{closed} does not answer (connection refused)",
    ]


def test_a_kafka_that_drops_connections_is_reported_in_one_sentence(
    engine, dropping, vault, others
):
    address, trust = vault
    others["environment"] |= trust

    reported = up(engine, dropping, address, **others)

    assert (
        f"error: Kafka does not answer at {dropping} (timed out): nothing was changed" in reported
    )
    assert reported.partition("Diagnostics:")[2].count(dropping) == 1


def test_servers_that_accept_connections_and_do_not_answer_are_reported(engine, silent, others):
    reported = up(engine, silent, f"https://{silent}", **others)

    assert problems(reported) == [
        f"Kafka at {silent} does not answer (timed out)",
        f"Vault at https://{silent} does not answer (timed out)",
    ]


def test_a_vault_with_an_untrusted_certificate_is_reported_in_one_sentence(
    engine, silent, vault, others
):
    address, _ = vault

    reported = up(engine, silent, address, **others)

    _, found = problems(reported)
    assert found.startswith(f"Vault at {address} does not answer (")
    assert "certificate verify failed: unable to get local issuer certificate" in found
