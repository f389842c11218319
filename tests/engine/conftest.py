"""
Fixtures with the real engine and real servers.

One sandbox is created, applied and stopped for the whole run. Copies of it run in their own
folders and on their own ports. Files share a copy and leave it as it was, unless they need one of
their own.
"""

import itertools
import json
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import requests
from filelock import FileLock

from sandbox.engine.stacks import install_engine, offline_stack, place_engine
from sandbox.engine.toolchain.cache import Toolchain
from sandbox.estate.workload import server as workload
from sandbox.servers import SERVERS, grafana, openbao, pagerduty, prometheus
from sandbox.world import World, copy_world, write_private
from tests.conftest import ROOT
from tests.engine import ordering
from tests.engine.arguments import collected
from tests.engine.clusters import Cluster
from tests.engine.polling import eventually
from tests.engine.ports import next_block
from tests.engine.sandboxes import Sandbox, discard

PROGRAM = (
    "Pulumi.yaml",
    "__main__.py",
    "program",
    "clients",
    "grants",
    "audit_reconciliation",
    "legal_storage",
    "settings",
    "catalog",
    "components",
    "plugins",
    "systems",
    "alert_rules",
    "dashboards",
    "runbooks",
    "waqiti",
)
SMALL = (openbao.SERVER, pagerduty.SERVER, grafana.SERVER)
_NAMESPACES = itertools.count(1)
_FEW = 100


@dataclass
class _Run:
    """
    The run of this worker, which gets files of the whole run in their order.

    Args:
        places: The place of each file in the whole run.
        last_uses: The last file that needs each fixture.
        worlds: The sandboxes that run, by fixture.
    """

    places: Mapping[Path, int] = field(default_factory=dict)
    last_uses: Mapping[str, Path] = field(default_factory=dict)
    worlds: dict[str, World] = field(default_factory=dict)


_RUN = _Run()


def records_waiting(world: World) -> int:
    """Return the number of audit records that Kafka has not acknowledged."""
    reported = requests.get(f"{workload.url(world)}/sandbox/behaviour", timeout=10).json()
    return int(reported["progress"]["records_waiting"])


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    ordering.sort(items)
    _RUN.places = {item.path: place for place, item in enumerate(items)}
    _RUN.last_uses = ordering.last_uses(items)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Stop every shared sandbox that neither this file nor a later one needs."""
    for name in list(_RUN.worlds):
        if _RUN.places[_RUN.last_uses[name]] < _RUN.places[item.path]:
            discard(_RUN.worlds.pop(name))


@pytest.fixture(scope="session")
def toolchain() -> Toolchain:
    return Toolchain()


@pytest.fixture(scope="session")
def engine(toolchain, tmp_path_factory) -> Mapping[str, str]:
    return install_engine(toolchain, tmp_path_factory.mktemp("engine"))


@pytest.fixture(scope="session")
def pulumi_bin(toolchain, tmp_path_factory) -> Path:
    """Provide a folder with our own engine and host, even if the user has a pulumi."""
    programs = tmp_path_factory.mktemp("programs")
    place_engine(toolchain.folder("pulumi"), programs)
    return programs


@pytest.fixture(scope="session")
def stopped(toolchain, engine, tmp_path_factory) -> World:
    """
    Provide a stopped sandbox to which `local` was applied; workers share it.

    Beside its folder, `reported.json` has what was printed meanwhile, for the search for secrets.
    """
    run = tmp_path_factory.getbasetemp()
    folder = (run.parent if "PYTEST_XDIST_WORKER" in os.environ else run) / "stopped"
    world = World(folder / "world", next_block(), SERVERS)
    with FileLock(run.parent / "stopped.lock"):
        if (folder / "failed").exists():
            pytest.fail("another worker could not apply `local`: its first error says why")
        if not (folder / "done").exists():
            try:
                reported = apply_once(Sandbox(world, toolchain, engine))
            except BaseException:
                write_private(folder / "failed", "")
                raise
            write_private(folder / "reported.json", json.dumps(reported))
            (folder / "done").touch()
    return world


def apply_once(sandbox: Sandbox) -> Mapping[str, str]:
    """Create the sandbox, apply `local` to it and stop it; return what was printed meanwhile."""
    world = sandbox.world
    world.create()
    try:
        with collected() as arguments:
            sandbox.start()
            reported = {
                "preview": sandbox.pulumi("preview", "--diff").stdout,
                "up": sandbox.up("--debug", "--logtostderr", "-v=9"),
            }
        # Records wait until Pulumi creates the topic. No copy may start with a backlog.
        eventually(lambda: records_waiting(world) < _FEW, wanted=True, seconds=120)
    finally:
        sandbox.stop()
    # A copy must not have operations whose records were not counted in time.
    shutil.rmtree(prometheus.data(world))
    return {**reported, "arguments": "\n".join(arguments)}


@pytest.fixture(scope="session")
def copied(toolchain, engine, stopped, tmp_path_factory) -> Callable[[], Sandbox]:
    """Provide a function that copies the stopped sandbox and does not start the copy."""

    def copy() -> Sandbox:
        folder = tmp_path_factory.mktemp("sandbox") / "world"
        return Sandbox(copy_world(stopped, folder, next_block()), toolchain, engine)

    return copy


@contextmanager
def applied(copied: Callable[[], Sandbox]) -> Iterator[Sandbox]:
    """Run a copy of the sandbox, and apply `local` to its addresses."""
    copy = copied()
    try:
        copy.start()
        copy.up()
        yield copy
    finally:
        discard(copy.world)


@pytest.fixture(scope="session")
def shared_sandbox(copied) -> Iterator[Sandbox]:
    """Yield the sandbox that files share; its services do little, because no file counts it."""
    with applied(copied) as shared:
        rate = {"operations_per_second": 1}
        requests.put(
            f"{workload.url(shared.world)}/sandbox/rate", json=rate, timeout=10
        ).raise_for_status()
        _RUN.worlds["shared_sandbox"] = shared.world
        yield shared


@pytest.fixture(scope="session")
def small_program(tmp_path_factory) -> Path:
    """Provide the program with the components that need neither Kafka nor Kubernetes."""
    folder = copy_program(tmp_path_factory.mktemp("small") / "program")
    shutil.copy(Path(__file__).parent / "small_program.py", folder / "__main__.py")
    return folder


@pytest.fixture(scope="session")
def small_sandbox(toolchain, engine, small_program, tmp_path_factory) -> Iterator[Sandbox]:
    """Yield a sandbox without Kafka and Kubernetes; the small program is applied to it."""
    world = World(tmp_path_factory.mktemp("small") / "world", next_block(), SERVERS)
    world.create()
    small = Sandbox(world, toolchain, engine, small_program, SMALL)
    try:
        small.start()
        small.up()
        _RUN.worlds["small_sandbox"] = world
        yield small
    finally:
        discard(small.world)


@pytest.fixture(scope="module")
def sandbox(request) -> Iterator[Sandbox]:
    """
    Yield a running sandbox.

    Files share one, and must leave it as it was; those marked `small_sandbox` share a small one. A
    file marked `own_sandbox` has its own. Those marked `disturbs` come last.
    """
    if request.node.get_closest_marker("own_sandbox"):
        with applied(request.getfixturevalue("copied")) as own:
            yield own
        return
    is_small = request.node.get_closest_marker("small_sandbox")
    shared = request.getfixturevalue("small_sandbox" if is_small else "shared_sandbox")
    yield shared
    left = shared.pulumi("preview", "--refresh", "--expect-no-changes")
    assert left.returncode == 0, left.stdout


@pytest.fixture(scope="session")
def cluster(toolchain, tmp_path_factory) -> Iterator[Cluster]:
    """Provide a cluster without Kafka; each test uses its own namespace."""
    world = World(tmp_path_factory.mktemp("cluster") / "world", next_block(), SERVERS)
    world.create()
    running = Cluster(world, toolchain)
    try:
        running.start()
        _RUN.worlds["cluster"] = world
        yield running
    finally:
        discard(running.world)


@pytest.fixture
def namespace(cluster) -> Iterator[str]:
    """Provide a namespace of the test's own, and delete it after the test."""
    name = f"test-{next(_NAMESPACES)}"
    cluster.admin.apply({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}})
    yield name
    cluster.admin.delete(f"/api/v1/namespaces/{name}")


@pytest.fixture
def program(tmp_path) -> Path:
    """Provide a copy of the program that a test can change."""
    return copy_program(tmp_path / "a program")  # a path with a blank is as good as another


def copy_program(folder: Path) -> Path:
    """Copy the program to *folder*."""
    folder.mkdir()
    for name in PROGRAM:
        source = ROOT / name
        (shutil.copytree if source.is_dir() else shutil.copy)(source, folder / name)
    (folder / ".venv").symlink_to(ROOT / ".venv")
    return folder


def preview_offline(
    environment: Mapping[str, str], *arguments: str
) -> subprocess.CompletedProcess[str]:
    """Preview the checkout in an environment of `offline_stack`."""
    return subprocess.run(
        ["pulumi", "--non-interactive", "preview", *arguments],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def offline(engine) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Provide a function that previews a stack with no credentials and no reachable server."""

    def preview(stack: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        with offline_stack(stack, engine) as environment:
            return preview_offline(environment, *arguments)

    return preview
