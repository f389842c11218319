"""The reconciliation of the audit trail: the product's own command, with the sandbox's servers."""

import json
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from sandbox.engine.toolchain.cache import Toolchain
from sandbox.estate.workload import server as workload
from sandbox.estate.workload.audit_writer import TOPIC
from sandbox.estate.workload.exposition import JOB
from sandbox.server import Process, Server, answers
from sandbox.world import HOST, World, write_private


def url(world: World) -> str:
    """Return the address of its metrics."""
    return f"http://{world.address(JOB)}/metrics"


def command(configuration: Path) -> list[str]:
    """Return the command that a word and its options complete."""
    return [sys.executable, "-m", "audit_reconciliation", f"--configuration={configuration}"]


def configuration_file(world: World) -> Path:
    """Return the file of its settings."""
    return _folder(world) / "configuration.json"


def _folder(world: World) -> Path:
    return world.folder / JOB


def _prepare(world: World, _: Toolchain) -> None:
    """Write what a pod mounts: the settings, and one file for each secret."""
    secrets = _folder(world) / "secrets"
    secrets.mkdir(parents=True, exist_ok=True, mode=0o700)
    write_private(secrets / "kafka-identity", JOB)
    write_private(secrets / "kafka-credential", world.credentials[f"kafka/{JOB}"])
    content = {
        "topic": TOPIC,
        "group": JOB,
        "kafka": {
            "bootstrap_servers": [world.address(f"kafka-{node}") for node in (1, 2, 3)],
            "tls": True,
            "mechanism": "scram-sha512",
            "authorities": (world.tls / "ca.pem").read_text(),
        },
        "operations_url": workload.operations_url(world),
        "secrets": str(secrets),
        "port": world.port(JOB),
        "refresh_seconds": 5,
    }
    write_private(configuration_file(world), json.dumps(content, indent=2))


def _processes(world: World, _: Toolchain) -> Iterator[Process]:
    serve = ["serve", f"--address={HOST}"]
    yield Process(
        name=JOB,
        command=[*command(configuration_file(world)), *serve],
        is_healthy=partial(answers, url(world)),
    )


SERVER = Server(
    ports=[JOB],
    metrics=[JOB],
    metrics_labels={"namespace": "audit"},  # that of the pods
    prepare=_prepare,
    processes=_processes,
)
