"""Equipment for talking to a language host without an engine."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.host.running import Host, virtualenv

StartHost = Callable[..., Host]


@pytest.fixture
def start_host(tmp_path: Path) -> Iterator[StartHost]:
    """Start a host whose exec script is the given one, with variables added to the environment."""
    started: list[Host] = []

    def start(executor: str = "", **variables: str) -> Host:
        folder = tmp_path / f'the host\'s "bin" {len(started)}'
        folder.mkdir()
        # A machine that unbuffers every Python would hide a host that does not.
        host = Host(folder, os.environ | {"PYTHONUNBUFFERED": ""} | variables, executor)
        started.append(host)
        return host

    yield start
    for host in started:
        host.close()


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Make the folder of a program, with an empty environment called `venv`."""
    folder = tmp_path / "project"
    virtualenv(folder / "venv")
    return folder


@pytest.fixture(scope="module")
def idle_host(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Host]:
    """Start one host for all questions that start nothing in it."""
    host = Host(tmp_path_factory.mktemp("host"), os.environ, "")
    yield host
    host.close()
