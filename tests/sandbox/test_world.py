"""A world keeps its credentials, and draws missing ones."""

import json

import pytest

from sandbox.servers import SERVERS
from sandbox.world import SandboxError, World, open_world


def test_a_world_keeps_its_credentials_and_draws_those_of_a_new_service(tmp_path):
    world = World(tmp_path / "world", 20000, SERVERS)
    world.create()
    drawn = dict(world.credentials)
    older = {name: value for name, value in drawn.items() if name != "kafka/audit-query-service"}
    (world.folder / "credentials.json").write_text(json.dumps(older))

    world.create()

    assert world.credentials.keys() == drawn.keys()
    assert {name: world.credentials[name] for name in older} == older


def test_only_its_owner_may_read_its_folder(tmp_path):
    world = World(tmp_path / "world", 20000, SERVERS)
    world.create()

    assert {path: oct(path.stat().st_mode & 0o777) for path in (world.folder, world.tls)} == {
        world.folder: "0o700",
        world.tls: "0o700",
    }


def test_ports_move_as_a_block(tmp_path):
    world = World(tmp_path, 20000, SERVERS)
    moved = World(tmp_path, 30000, SERVERS)
    ports = [world.port(name) for name in world.ports]

    assert ports == list(range(20000, 20000 + len(ports)))
    assert [moved.port(name) for name in world.ports] == [port + 10000 for port in ports]


def test_a_port_belongs_to_one_server(tmp_path):
    ports = World(tmp_path, 20000, SERVERS).ports

    assert len(set(ports)) == len(ports)


def test_the_first_port_is_that_of_the_last_start_until_another_is_set(tmp_path, monkeypatch):
    monkeypatch.delenv("FIRST_PORT", raising=False)
    default = open_world(tmp_path, SERVERS).first_port
    (tmp_path / "first-port").write_text("25000")
    last = open_world(tmp_path, SERVERS).first_port
    monkeypatch.setenv("FIRST_PORT", "26000")

    assert (default, last, open_world(tmp_path, SERVERS).first_port) == (19090, 25000, 26000)


@pytest.mark.parametrize("given", ["80", "65535", "many"])
def test_an_invalid_first_port_is_refused(tmp_path, monkeypatch, given):
    monkeypatch.setenv("FIRST_PORT", given)

    with pytest.raises(SandboxError, match=f"FIRST_PORT={given}: use a number from 1024"):
        open_world(tmp_path, SERVERS)
