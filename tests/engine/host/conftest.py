"""Fixtures for calls to a language host without an engine."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.engine.host.running import Host
from tests.sandbox.engine.host.programs import virtualenv

StartHost = Callable[..., Host]


@pytest.fixture
def start_host(tmp_path: Path) -> Iterator[StartHost]:
    """Provide a function that starts a host with an exec script and additional variables."""
    started: list[Host] = []

    def start(executor: str = "", **variables: str) -> Host:
        folder = tmp_path / f'the host\'s "bin" {len(started)}'
        folder.mkdir()
        # With this variable set on the machine, a host that forgets to set it would go unnoticed.
        host = Host(folder, os.environ | {"PYTHONUNBUFFERED": ""} | variables, executor)
        started.append(host)
        return host

    yield start
    for host in started:
        host.close()


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Provide the folder of a program, with an empty environment called `venv`."""
    folder = tmp_path / "project"
    virtualenv(folder / "venv")
    return folder


@pytest.fixture(scope="module")
def idle_host(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Host]:
    """Provide one host for all calls that start no process."""
    host = Host(tmp_path_factory.mktemp("host"), os.environ, "")
    yield host
    host.close()
