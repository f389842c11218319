"""A running sandbox, and the commands that act on it."""

import json
import re
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

from sandbox import supervision
from sandbox.engine.stacks import open_stack
from sandbox.engine.toolchain.cache import Toolchain
from sandbox.server import Process, Server
from sandbox.servers import SERVERS
from sandbox.world import World
from tests.conftest import ROOT


def processes(world: World) -> list[psutil.Process]:
    """Return every process that is marked with the folder of *world*."""
    found = []
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            if process.environ().get("WAQITI_SANDBOX") == str(world.folder):
                found.append(process)
    return found


def start(world: World, toolchain: Toolchain, servers: Sequence[Server]) -> None:
    """Start and seed some servers of *world*."""
    for server in servers:
        server.prepare(world, toolchain)
    supervision.start(world, [p for server in servers for p in server.processes(world, toolchain)])
    for server in servers:
        server.seed(world)


def discard(world: World) -> None:
    """Kill every process of a sandbox whose data nobody reads again."""
    while killed := processes(world):
        for process in killed:
            with suppress(psutil.NoSuchProcess):
                process.kill()
        supervision.await_end(killed)


# An `up` of the secrets of all 108 services takes a minute: most tests need a few of each kind.
FEW = ("ledger-query-service", "payment-service", "pagerduty-alert-service", "slack-alert-service")


@dataclass(frozen=True)
class Sandbox:
    """
    A sandbox, the program that is applied to it, and the servers that the program needs.

    Only FEW services have secrets, unless a call changes that.
    """

    world: World
    toolchain: Toolchain
    engine: Mapping[str, str]
    program: Path = ROOT
    servers: Sequence[Server] = SERVERS

    @property
    def processes(self) -> Sequence[Process]:
        return [p for server in self.servers for p in server.processes(self.world, self.toolchain)]

    def start(self) -> None:
        start(self.world, self.toolchain, self.servers)

    def stop(self) -> None:
        supervision.stop(self.world)

    def kill(self, name: str) -> None:
        """Kill a server as the system does when memory runs out."""
        process = self.process(name)
        process.kill()
        process.wait()

    def process(self, name: str) -> psutil.Process:
        reported = supervision.status(self.world, self.processes)[name]
        (pid,) = re.findall(r"pid (\d+)", reported)
        return psutil.Process(int(pid))

    def pulumi(
        self,
        *arguments: str,
        stack: str = "local",
        program: Path | None = None,
        **changes: Mapping[str, object],
    ) -> subprocess.CompletedProcess[str]:
        """Run `pulumi` on *stack* in this sandbox; standard error goes to standard output."""
        command = ["pulumi", "--non-interactive", *arguments]
        return self._run(command, stack, program or self.program, **changes)

    def waqiti(self, word: str, *flags: str, **changes: Any) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "waqiti", *word.split(), "local", *flags]
        return self._run(command, "local", self.program, **changes)

    def environment(self, stack: str = "local", /, **changes: Mapping[str, object]) -> Any:
        """Return the environment of a command that acts on *stack* with these *changes*."""
        few: Mapping[str, Mapping[str, object]] = {"service_secrets": {"only": list(FEW)}}
        return open_stack(self.world, stack, self.engine, **{**few, **changes})

    def _run(
        self, command: list[str], stack: str, folder: Path, **changes: Mapping[str, object]
    ) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command,
            cwd=folder,
            env=self.environment(stack, **changes),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )

    def up(self, *arguments: str, **options: Any) -> str:
        """Apply the program without a preview; return the output."""
        done = self.pulumi("up", "--yes", "--skip-preview", *arguments, **options)
        assert done.returncode == 0, done.stdout
        return done.stdout

    def state(self, stack: str = "local") -> dict[str, Any]:
        done = self.pulumi("stack", "export", stack=stack)
        deployment: dict[str, Any] = json.loads(done.stdout)["deployment"]
        return deployment
