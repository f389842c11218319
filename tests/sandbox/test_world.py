"""A world keeps what it drew, and draws what is new."""

import json

import pytest

from sandbox.world import PORTS, SandboxError, World, first_port


def test_a_world_keeps_its_credentials_and_draws_those_of_a_new_service(tmp_path):
    world = World(tmp_path / "world", 20000)
    world.create()
    drawn = dict(world.credentials)
    older = {name: value for name, value in drawn.items() if name != "kafka/audit-query-service"}
    (world.folder / "credentials.json").write_text(json.dumps(older))

    world.create()

    assert world.credentials.keys() == drawn.keys()
    assert {name: world.credentials[name] for name in older} == older


def test_nobody_else_may_enter_its_folder(tmp_path):
    world = World(tmp_path / "world", 20000)
    world.create()

    assert {path: oct(path.stat().st_mode & 0o777) for path in (world.folder, world.tls)} == {
        world.folder: "0o700",
        world.tls: "0o700",
    }


def test_ports_move_as_a_block(tmp_path):
    ports = [World(tmp_path, 20000).port(name) for name in PORTS]
    moved = [World(tmp_path, 30000).port(name) for name in PORTS]

    assert ports == list(range(20000, 20000 + len(PORTS)))
    assert moved == [port + 10000 for port in ports]


def test_the_first_port_is_remembered_until_another_is_given(tmp_path, monkeypatch):
    monkeypatch.delenv("FIRST_PORT", raising=False)
    usual = first_port(tmp_path)
    (tmp_path / "first-port").write_text("25000")
    remembered = first_port(tmp_path)
    monkeypatch.setenv("FIRST_PORT", "26000")

    assert (usual, remembered, first_port(tmp_path)) == (19090, 25000, 26000)


@pytest.mark.parametrize("given", ["80", "65535", "many"])
def test_a_first_port_that_cannot_be_is_refused(tmp_path, monkeypatch, given):
    monkeypatch.setenv("FIRST_PORT", given)

    with pytest.raises(SandboxError, match=f"FIRST_PORT={given}: it must be a number from 1024"):
        first_port(tmp_path)
