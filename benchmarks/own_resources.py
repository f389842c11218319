"""
The package's own resources: two secrets for each of 108 and of 1,080 services, on a real OpenBao.

    python -m benchmarks.own_resources [SERVICES …]
"""

import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections import defaultdict
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from sandbox import supervision
from sandbox.engine.stacks import install_engine, world_environment
from sandbox.engine.toolchain.cache import Toolchain
from sandbox.estate.openbao import MOUNT
from sandbox.servers import SERVERS, openbao
from sandbox.world import CHECKOUT, World

_SERVICES = ("108", "1080")
_PORT = 22000
_MEBIBYTE = 2**20
_PROGRAM = f"""\
import os, sys
sys.path.insert(0, {str(CHECKOUT)!r})
import components, pulumi

vault = components.Provider("waqiti", {{"address": os.environ["BENCHMARK_VAULT"]}})
options = pulumi.ResourceOptions(provider=vault)
rules = 'length = 40\\nrule "charset" {{ charset = "abcdefghijklmnopqrstuvwxyz0123456789" }}'
policy = components.PasswordPolicy("policy", {{"name": "benchmark", "policy": rules}}, options)
for number in range(int(os.environ["BENCHMARK_SERVICES"])):
    every = {{"mount": {MOUNT!r}, "generated": ["password"], "policy": policy.name}}
    redis = every | {{"path": f"redis/{{number}}"}}
    database = every | {{"path": f"database/{{number}}", "fixed": {{"username": f"s{{number}}"}}}}
    components.GeneratedSecret(f"redis-{{number}}", redis, options)
    components.GeneratedSecret(f"database-{{number}}", database, options)
"""


def main() -> None:
    """Print a row for each number of services and each command."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        toolchain = Toolchain()
        world = World(place / "world", _PORT, SERVERS)
        world.create()
        try:
            openbao.SERVER.prepare(world, toolchain)
            supervision.start(world, list(openbao.SERVER.processes(world, toolchain)))
            openbao.SERVER.seed(world)
            engine = install_engine(toolchain, place / "engine")
            print(
                "services  command          seconds  ms each  processor s and MiB of each process"
            )
            for services in sys.argv[1:] or _SERVICES:
                _measure(
                    place / services, world_environment(world, "local", engine), world, services
                )
        finally:
            supervision.stop(world)


def _measure(folder: Path, inherited: Mapping[str, str], world: World, services: str) -> None:
    (folder / "state").mkdir(parents=True)
    options = {"toolchain": "pip", "virtualenv": sys.prefix}
    plugin = {"name": "waqiti", "path": str(CHECKOUT / "plugins" / "waqiti")}
    described = {
        "name": "benchmark",
        "runtime": {"name": "python", "options": options},
        "plugins": {"providers": [plugin]},
    }
    (folder / "Pulumi.yaml").write_text(json.dumps(described))
    (folder / "__main__.py").write_text(_PROGRAM)
    own = ("PULUMI_STACK", "PULUMI_OPTION_CONFIG_FILE", "PULUMI_CONFIG_PASSPHRASE_FILE")
    environment = {k: v for k, v in inherited.items() if k not in own} | {
        "BENCHMARK_SERVICES": services,
        "BENCHMARK_VAULT": openbao.url(world),
        "PULUMI_BACKEND_URL": f"file://{folder}/state",
        "PULUMI_CONFIG_PASSPHRASE": "a benchmark",
        "PULUMI_PARALLEL": os.environ.get("PULUMI_PARALLEL", "64"),
        "PULUMI_RETAIN_CHECKPOINTS": "",
        "VAULT_TOKEN": (world.folder / "openbao-root-token").read_text(),
    }
    _run(folder, environment, "stack", "init", "dev")
    for name, arguments in (
        ("first up", ("up", "--yes", "--skip-preview", "--suppress-progress")),
        ("preview", ("preview", "--expect-no-changes")),
        ("with refresh", ("preview", "--refresh", "--expect-no-changes")),
    ):
        seconds, used = _run(folder, environment, *arguments)
        each = 1000 * seconds / (2 * int(services) + 1)
        print(f"{services:>8}  {name:15} {seconds:8.1f} {each:8.1f}  {used}", flush=True)
    (state,) = (folder / "state").rglob("dev.json")
    print(f"{services:>8}  state: {state.stat().st_size / 1024:.0f} KiB", flush=True)


@dataclass
class _Usage:
    """The processor time and the largest memory of each program of a command."""

    root: int
    ended: threading.Event = field(default_factory=threading.Event)
    seconds: dict[int, float] = field(default_factory=dict)
    mebibytes: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    names: dict[int, str] = field(default_factory=dict)

    def watch(self) -> None:
        while not self.ended.wait(0.1):
            with suppress(psutil.Error):
                root = psutil.Process(self.root)
                for process in [root, *root.children(recursive=True)]:
                    self._look(process)

    def _look(self, process: psutil.Process) -> None:
        with suppress(psutil.Error):
            command, times = " ".join(process.cmdline()), process.cpu_times()
            parts = {"plugins/waqiti": "plugin", "language-python-exec": "program"}
            name = next((name for part, name in parts.items() if part in command), "host")
            name = "engine" if process.pid == self.root else name
            self.names[process.pid] = name
            self.seconds[process.pid] = times.user + times.system
            memory = process.memory_info().rss / _MEBIBYTE
            self.mebibytes[name] = max(self.mebibytes[name], memory)

    def __str__(self) -> str:
        totals: dict[str, float] = defaultdict(float)
        for pid, name in self.names.items():
            totals[name] += self.seconds[pid]
        return ", ".join(
            f"{name} {totals[name]:.1f} s {self.mebibytes[name]:.0f} MiB"
            for name in ("engine", "program", "plugin")
            if name in totals
        )


def _run(folder: Path, environment: Mapping[str, str], *arguments: str) -> tuple[float, _Usage]:
    started = time.monotonic()
    command = ["pulumi", "--non-interactive", *arguments]
    with (folder / "output").open("w+") as output:
        running = subprocess.Popen(
            command, cwd=folder, env=environment, stdout=output, stderr=subprocess.STDOUT
        )
        usage = _Usage(running.pid)
        watching = threading.Thread(target=usage.watch)
        watching.start()
        code = running.wait()
        usage.ended.set()
        watching.join()
        if code:
            output.seek(0)
            sys.exit(f"{' '.join(command)} failed:\n{output.read()}")
    return time.monotonic() - started, usage


if __name__ == "__main__":
    main()
