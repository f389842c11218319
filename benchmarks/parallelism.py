"""
Degrees of parallelism: `up` and `preview` of 60 topics and 121 ACLs on three real brokers.

    python -m benchmarks.parallelism [PARALLEL …]
"""

import subprocess
import sys
import tempfile
import time
from pathlib import Path
from shutil import copytree, ignore_patterns

import yaml
from confluent_kafka.admin import (
    AclBinding,
    AclOperation,
    AclPermissionType,
    ResourcePatternType,
    ResourceType,
)

from sandbox import supervision
from sandbox.engine.stacks import install_engine, open_stack
from sandbox.engine.toolchain.cache import Toolchain
from sandbox.estate.kafka import topics
from sandbox.servers import SERVERS, kafka
from sandbox.world import CHECKOUT, World

_TOPICS = 60
_PARALLEL = ("4", "8", "16", "32", "64", "128")


def main() -> None:
    """Print a row for each degree of parallelism: the seconds of `up` and of a later preview."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        toolchain = Toolchain()
        world = World(place / "world", 22000, SERVERS)
        world.create()
        try:
            world.prepare(toolchain)
            supervision.start(world, world.processes(toolchain))
            world.seed()
            _allow_pulumi(world)
            environment = open_stack(world, "local", install_engine(toolchain, place / "engine"))
            program = _program(place / "program")
            print("parallel   up (s)   preview (s)")
            for parallel in sys.argv[1:] or _PARALLEL:
                own = {**environment, "PULUMI_PARALLEL": parallel}
                up = _seconds(program, own, "up", "--yes", "--skip-preview")
                preview = _seconds(program, own, "preview", "--expect-no-changes")
                _seconds(program, own | {"PULUMI_PARALLEL": "64"}, "destroy", "--yes")
                print(f"{parallel:>8} {up:>8.1f} {preview:>13.1f}", flush=True)
        finally:
            supervision.stop(world)


def _program(folder: Path) -> Path:
    generated = ignore_patterns(".*", "__pycache__", "tests", "sandbox", "benchmarks")
    copytree(CHECKOUT, folder, ignore=generated)
    (folder / ".venv").symlink_to(CHECKOUT / ".venv")
    (model,) = topics().values()
    many = {f"bench-{number}": {**model, "class": "event"} for number in range(_TOPICS)}
    (folder / "catalog" / "topics.yaml").write_text(yaml.safe_dump(many))
    return folder


def _allow_pulumi(world: World) -> None:
    prefixed, allow = ResourcePatternType.PREFIXED, AclPermissionType.ALLOW
    everything = AclBinding(
        ResourceType.TOPIC, "bench-", prefixed, "User:pulumi", "*", AclOperation.ALL, allow
    )
    client = kafka.admin(world)
    for granted in client.create_acls([everything]).values():
        granted.result(30)


def _seconds(program: Path, environment: dict[str, str], *arguments: str) -> float:
    started = time.monotonic()
    command = ["pulumi", "--non-interactive", *arguments]
    done = subprocess.run(
        command, cwd=program, env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        sys.exit(f"{' '.join(command)} failed:\n{done.stdout}{done.stderr}")
    return time.monotonic() - started


if __name__ == "__main__":
    main()
