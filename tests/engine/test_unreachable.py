"""A Kafka that does not answer: the error names system and address, and soon."""

import contextlib
import json
import socket
import subprocess
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import yaml

from components import CUSTOM_KINDS
from sandbox.engine import offline_stack
from sandbox.world import HOST
from tests.conftest import ROOT, stack_config

_SECONDS = 90  # a third of it on a machine that does nothing else


@pytest.fixture
def closed() -> Iterator[str]:
    """Give an address where nothing listens, as long as the test runs."""
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        yield f"127.0.0.1:{holder.getsockname()[1]}"


@pytest.fixture
def dropping() -> Iterator[str]:
    """Give an address whose connections are dropped, as a firewall does: its queue is full."""
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
    """Give an address that takes connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0), backlog=100) as server:
        yield f"127.0.0.1:{server.getsockname()[1]}"


class KnowsEveryKind(BaseHTTPRequestHandler):
    """Answer what an `up` asks a cluster first; Kafka is under test here."""

    def do_GET(self) -> None:
        version = self.path.removeprefix("/apis/").rstrip("/")
        kinds = [
            {"name": kind, "kind": kind, "namespaced": True, "singularName": "", "verbs": []}
            for of, kind in CUSTOM_KINDS
            if of == version
        ]
        told = {"kind": "APIResourceList", "groupVersion": version, "resources": kinds}
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(json.dumps(told).encode())


@pytest.fixture
def kubeconfig(tmp_path) -> Iterator[Path]:
    """Give a kubeconfig with staging's context."""
    context = stack_config("staging")["waqiti:kubernetes"]["context"]
    with ThreadingHTTPServer(("127.0.0.1", 0), KnowsEveryKind) as server:
        threading.Thread(target=server.serve_forever).start()
        config = {
            "clusters": [
                {"name": "c", "cluster": {"server": f"http://{HOST}:{server.server_port}"}}
            ],
            "users": [{"name": "u", "user": {}}],
            "contexts": [{"name": context, "context": {"cluster": "c", "user": "u"}}],
            "current-context": context,
        }
        path = tmp_path / "kubeconfig"
        path.write_text(yaml.safe_dump(config))
        yield path
        server.shutdown()


def up(engine, address, **own: str) -> str:
    with offline_stack("staging", engine, kafka={"bootstrap_servers": [address]}) as environment:
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
def test_an_address_that_takes_no_connection_is_one_sentence(request, engine, kind, reason):
    address = request.getfixturevalue(kind)

    told = up(engine, address)

    assert f"error: Kafka does not answer at {address} ({reason}): nothing was changed" in told
    assert told.partition("Diagnostics:")[2].count(address) == 1


def test_an_address_that_is_silent_is_named_by_the_provider(engine, silent, kubeconfig):
    told = up(engine, silent, KUBECONFIG=str(kubeconfig))

    assert "kafka: client has run out of available brokers to talk to" in told
    assert f"->{silent}: i/o timeout" in told
