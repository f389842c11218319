"""A new server is one module and one line of the table."""

import socket
from collections.abc import Iterator

import pytest
import requests
import yaml

from sandbox import supervision
from sandbox.engine.toolchain.cache import Toolchain
from sandbox.servers import SERVERS, prometheus
from sandbox.world import HOST, World
from tests.sandbox import web_server

TABLE = (
    supervision.SERVER,
    web_server.SERVER,
)


def two_free_ports() -> int:
    """Return the first of two consecutive ports that nothing uses."""
    while True:
        with socket.create_server((HOST, 0)) as first:
            port = first.getsockname()[1]
            try:
                with socket.create_server((HOST, port + 1)):
                    return int(port)
            except OSError:
                continue


@pytest.fixture
def world(tmp_path) -> Iterator[World]:
    world = World(tmp_path / "world", two_free_ports(), TABLE)
    world.create()
    world.prepare(Toolchain())
    yield world
    supervision.stop(world)


def test_it_starts_in_order_answers_is_seeded_and_stops(world):
    processes = world.processes(Toolchain())
    supervision.start(world, processes)
    conditions = supervision.status(world, processes)
    world.seed()
    page = requests.get(f"{web_server.url(world)}/seed", timeout=5).text
    supervision.stop(world)

    assert {name: text.split(",")[0] for name, text in conditions.items()} == {
        "web": "healthy",
        "web-client": "healthy",
    }
    assert page == "seeded"
    assert set(supervision.status(world, processes).values()) == {"not running (`make up`)"}


def test_its_port_credential_environment_and_config_follow_from_its_module(world):
    token = world.credentials["web/pulumi"]

    assert world.ports == ["supervisor", "web"]
    assert world.port("web") == world.first_port + 1
    assert world.environment() == {
        "SSL_CERT_FILE": str(world.tls / "ca.pem"),
        "WEB_TOKEN": token,
    }
    assert world.config() == {"web": {"url": f"http://127.0.0.1:{world.first_port + 1}"}}


def test_prometheus_scrapes_it_and_no_port_of_another_server_moves(tmp_path):
    before = World(tmp_path / "world", 20000, SERVERS)
    world = World(tmp_path / "world", 20000, [*SERVERS, web_server.SERVER])
    world.create()
    prometheus.SERVER.prepare(world, Toolchain())
    settings = yaml.safe_load((world.folder / "prometheus" / "prometheus.yaml").read_text())

    assert world.ports == [*before.ports, "web"]
    assert settings["scrape_configs"][-1]["static_configs"] == [
        {"targets": [world.address("web")], "labels": {}}
    ]


def test_the_ports_of_the_stack_local_do_not_change(tmp_path):
    world = World(tmp_path, 19090, SERVERS)

    assert {name: world.port(name) for name in ("kafka-1", "openbao", "pagerduty")} == {
        "kafka-1": 19090,
        "openbao": 19097,
        "pagerduty": 19099,
    }
    assert (world.port("workload"), world.port("grafana"), world.port("s3")) == (
        19109,
        19111,
        19112,
    )
