"""
How many resources at once: `up` and `preview` of 60 topics and 121 ACLs on three real brokers.

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

from sandbox import kafka, supervision
from sandbox.engine import install_engine, open_stack
from sandbox.servers import introduce, prepare, servers
from sandbox.toolchain.cache import Toolchain
from sandbox.world import CHECKOUT, World, catalog_topics

_TOPICS = 60
_PARALLEL = ("4", "8", "16", "32", "64", "128")


def main() -> None:
    """Print a row for each degree of parallelism: seconds of `up`, and of a preview after it."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        toolchain = Toolchain()
        world = World(place / "world", 22000)
        world.create()
        try:
            prepare(world, toolchain)
            supervision.start(world, servers(world, toolchain))
            introduce(world)
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
    (model,) = catalog_topics().values()
    topics = {f"bench-{number}": {**model, "audit": False} for number in range(_TOPICS)}
    (folder / "catalog" / "topics.yaml").write_text(yaml.safe_dump(topics))
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
