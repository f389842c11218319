"""
The real engine on real servers.

One sandbox is made, applied and stopped for the whole run; whoever needs one gets a copy of it, in
a folder and on ports of its own, so no test meets another's changes or a person's sandbox.
"""

import itertools
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import pytest
import requests
from filelock import FileLock

from sandbox import prometheus, supervision
from sandbox.engine import install_engine, offline_stack, open_stack, place_engine
from sandbox.servers import introduce, prepare, servers
from sandbox.toolchain.cache import Toolchain
from sandbox.workload import server as workload
from sandbox.world import World, copy_world
from tests.conftest import ROOT
from tests.engine.clusters import Cluster
from tests.engine.polling import eventually

PROGRAM = (
    "Pulumi.yaml",
    "__main__.py",
    "providers.py",
    "reachability.py",
    "retention.py",
    "settings",
    "catalog",
    "components",
    "alert_rules",
    "dashboards",
    "runbooks",
)
# Each of pytest's workers takes the ports of its own thousands.
_WORKER = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
FIRST_PORTS = itertools.count(21000 + 3000 * _WORKER, 50)
_NAMESPACES = itertools.count(1)
_FEW = 100


@dataclass(frozen=True)
class Sandbox:
    """A running sandbox, and the program that is applied to it."""

    world: World
    toolchain: Toolchain
    engine: Mapping[str, str]

    def start(self) -> None:
        prepare(self.world, self.toolchain)
        supervision.start(self.world, servers(self.world, self.toolchain))
        introduce(self.world)

    def stop(self) -> None:
        supervision.stop(self.world)

    def kill(self, name: str) -> None:
        """Kill a server as the system would for want of memory."""
        process = self.process(name)
        process.kill()
        process.wait()

    def process(self, name: str) -> psutil.Process:
        told = supervision.status(self.world, servers(self.world, self.toolchain))[name]
        (pid,) = re.findall(r"pid (\d+)", told)
        return psutil.Process(int(pid))

    def pulumi(
        self,
        *arguments: str,
        stack: str = "local",
        program: Path = ROOT,
        **changes: Mapping[str, object],
    ) -> subprocess.CompletedProcess[str]:
        """Run `pulumi` on *stack* in this sandbox; standard error joins what it prints."""
        return self._run(["pulumi", "--non-interactive", *arguments], stack, program, **changes)

    def waqiti(self, word: str) -> subprocess.CompletedProcess[str]:
        return self._run([sys.executable, "-m", "waqiti", word, "local"], "local", ROOT)

    def _run(
        self, command: list[str], stack: str, folder: Path, **changes: Mapping[str, object]
    ) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command,
            cwd=folder,
            env=open_stack(self.world, stack, self.engine, **changes),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )

    def up(self, *arguments: str, **options: Any) -> str:
        done = self.pulumi("up", "--yes", *arguments, **options)
        assert done.returncode == 0, done.stdout
        return done.stdout

    def state(self, stack: str = "local") -> dict[str, Any]:
        done = self.pulumi("stack", "export", stack=stack)
        deployment: dict[str, Any] = json.loads(done.stdout)["deployment"]
        return deployment


def records_waiting(world: World) -> int:
    """Ask the workload how many audit records Kafka has not acknowledged."""
    told = requests.get(f"{workload.url(world)}/sandbox/behaviour", timeout=10).json()
    return int(told["progress"]["records_waiting"])


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let the files that take longest start first: the last one to end is then not one of them."""

    def minutes(item: pytest.Item) -> float:
        mark = item.get_closest_marker("minutes")
        return float(mark.args[0]) if mark else 0

    items.sort(key=minutes, reverse=True)


@pytest.fixture(scope="session")
def toolchain() -> Toolchain:
    return Toolchain()


@pytest.fixture(scope="session")
def engine(toolchain, tmp_path_factory) -> Mapping[str, str]:
    return install_engine(toolchain, tmp_path_factory.mktemp("engine"))


@pytest.fixture(scope="session")
def pulumi_bin(toolchain, tmp_path_factory) -> Path:
    """Give a folder with our own engine and host, also where the user has a pulumi."""
    programs = tmp_path_factory.mktemp("programs")
    place_engine(toolchain.folder("pulumi"), programs)
    return programs


@pytest.fixture(scope="session")
def stopped(toolchain, engine, tmp_path_factory) -> World:
    """Give a sandbox that `local` was applied to and that was then stopped; workers share it."""
    run = tmp_path_factory.getbasetemp()
    folder = (run.parent if "PYTEST_XDIST_WORKER" in os.environ else run) / "stopped"
    world = World(folder / "world", next(FIRST_PORTS))
    with FileLock(run.parent / "stopped.lock"):
        if not (folder / "done").exists():
            world.create()
            sandbox = Sandbox(world, toolchain, engine)
            try:
                sandbox.start()
                sandbox.up()
                # Until Pulumi had made the topic, records waited: no copy begins with them.
                eventually(lambda: records_waiting(world) < _FEW, wanted=True, seconds=120)
            finally:
                sandbox.stop()
            # Nor does it know of operations whose records were counted by nobody in time.
            shutil.rmtree(prometheus.data(world))
            (folder / "done").touch()
    return world


@pytest.fixture(scope="session")
def copied(toolchain, engine, stopped, tmp_path_factory) -> Callable[[], Sandbox]:
    """Copy the stopped sandbox; the copy is not started."""

    def copy() -> Sandbox:
        folder = tmp_path_factory.mktemp("sandbox") / "world"
        return Sandbox(copy_world(stopped, folder, next(FIRST_PORTS)), toolchain, engine)

    return copy


@pytest.fixture(scope="module")
def sandbox(copied) -> Iterator[Sandbox]:
    """Give a running sandbox that the tests of one file share and leave as they found it."""
    shared = copied()
    try:
        shared.start()
        shared.up()  # its state still has the addresses that it was copied from
        yield shared
    finally:
        shared.stop()


@pytest.fixture(scope="session")
def cluster(toolchain, tmp_path_factory) -> Iterator[Cluster]:
    """Give a cluster without Kafka; its tests keep to namespaces of their own."""
    world = World(tmp_path_factory.mktemp("cluster") / "world", next(FIRST_PORTS))
    world.create()
    running = Cluster(world, toolchain)
    try:
        running.start()
        yield running
    finally:
        running.stop()


@pytest.fixture
def namespace(cluster) -> Iterator[str]:
    """Give a namespace that no other test uses; what it holds is gone afterwards."""
    name = f"test-{next(_NAMESPACES)}"
    cluster.pulumi.apply({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}})
    yield name
    cluster.pulumi.delete(f"/api/v1/namespaces/{name}")


@pytest.fixture
def program(tmp_path) -> Path:
    """Give a copy of the program that a test may change."""
    folder = tmp_path / "program"
    folder.mkdir()
    for name in PROGRAM:
        source = ROOT / name
        (shutil.copytree if source.is_dir() else shutil.copy)(source, folder / name)
    (folder / ".venv").symlink_to(ROOT / ".venv")
    return folder


@pytest.fixture
def offline(engine) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Preview a stack with no credential and nothing reachable."""

    def preview(stack: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        with offline_stack(stack, engine) as environment:
            return subprocess.run(
                ["pulumi", "--non-interactive", "preview", *arguments],
                cwd=ROOT,
                env=environment,
                capture_output=True,
                text=True,
                check=False,
            )

    return preview
