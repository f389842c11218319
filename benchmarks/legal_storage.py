"""
Backup and integrity check of the legal documents: 10,000 documents, and one of 5 GB.

    python -m benchmarks.legal_storage [DOCUMENTS [MEGABYTES]]
"""

import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from functools import partial
from pathlib import Path

import psutil

from sandbox import supervision
from sandbox.engine.toolchain.cache import Toolchain
from sandbox.estate.s3 import BUCKET
from sandbox.servers import s3
from sandbox.world import CHECKOUT, World

_DOCUMENTS = 10_000
_DOCUMENT_BYTES = 20_000
_MEGABYTES = 5_000
_MEGABYTE = 1_000_000
_KINDS = ("subpoena", "certification", "rfpa", "hold")


def main() -> None:
    """Print a row for each run: its seconds, and the peak memory of its processes."""
    many, large = [int(word) for word in sys.argv[1:]] or [_DOCUMENTS, _MEGABYTES]
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        world = World(place / "world", 22500, [supervision.SERVER, s3.SERVER])
        world.create()
        world.prepare(Toolchain())
        try:
            supervision.start(world, world.processes(Toolchain()))
            print("what                              seconds   memory (MB)")
            _measure(world, place / "many", f"{many:,} documents", partial(_many, many))
            _measure(world, place / "large", f"one of {large:,} MB", partial(_large, large))
        finally:
            supervision.stop(world)


def _measure(world: World, folder: Path, what: str, fill: "partial[None]") -> None:
    environment = _pod(world, folder)
    _row(environment, "prepare", "folders")
    fill(folder / "documents")
    for word, meaning in (
        ("backup", f"{what}: first backup"),
        ("backup", f"{what}: next backup"),
        ("verify", f"{what}: integrity check"),
    ):
        _row(environment, word, meaning)


def _many(number: int, documents: Path) -> None:
    for at in range(number):
        (documents / _KINDS[at % 4] / f"{at}.pdf").write_bytes(os.urandom(_DOCUMENT_BYTES))


def _large(megabytes: int, documents: Path) -> None:
    with (documents / "hold" / "large.pdf").open("wb") as file:
        for _ in range(megabytes):
            file.write(os.urandom(_MEGABYTE))


def _pod(world: World, folder: Path) -> dict[str, str]:
    bucket = f"{BUCKET}-{folder.name}"
    s3.create_bucket(world, bucket)
    for name in ("documents", "scratch", "logs", "secrets"):
        (folder / name).mkdir(parents=True)
    secrets = {
        "access-key-id": "backup",
        "secret-access-key": world.credentials["s3/backup"],
        "encryption-password": world.credentials["legal-documents/password"],
        "encryption-salt": world.credentials["legal-documents/salt"],
    }
    for name, value in secrets.items():
        (folder / "secrets" / name).write_text(value)
    described = {
        "documents": str(folder / "documents"),
        "owner": {"uid": os.getuid() or 10001, "gid": os.getgid() or 10001},
        "scratch": str(folder / "scratch"),
        "secrets": str(folder / "secrets"),
        "retention_years": 7,
        "store": {
            "kind": "s3",
            "provider": "SeaweedFS",
            "endpoint": s3.url(world),
            "region": s3.REGION,
            "bucket": bucket,
            "ca_file": str(world.tls / "ca.pem"),
        },
        "logs": {"folder": str(folder / "logs"), "megabytes": 100, "files": 14},
    }
    file = folder / "configuration.json"
    file.write_text(json.dumps(described))
    return {"LEGAL_STORAGE_CONFIGURATION": str(file), "PATH": os.environ["PATH"]}


def _row(environment: dict[str, str], word: str, meaning: str) -> None:
    started = time.monotonic()
    with subprocess.Popen(
        [sys.executable, "-m", "legal_storage", word],
        cwd=CHECKOUT,
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
    ) as running:
        most = [0]
        watching = threading.Thread(target=_watch, args=(psutil.Process(running.pid), most))
        watching.start()
        reported, _ = running.communicate()
        watching.join()
    if running.returncode:
        sys.exit(f"{word} failed: {reported}")
    seconds = time.monotonic() - started
    print(f"{meaning:<32} {seconds:>8.1f} {most[0] / _MEGABYTE:>13.0f}", flush=True)


def _watch(process: psutil.Process, most: list[int]) -> None:
    """Record the peak memory of a process and its children together."""
    while True:
        try:
            alive = [process, *process.children(recursive=True)]
            most[0] = max(most[0], sum(one.memory_info().rss for one in alive))
            if process.status() == psutil.STATUS_ZOMBIE:
                return
        except psutil.NoSuchProcess as gone:
            if gone.pid == process.pid:
                return
        time.sleep(0.05)


if __name__ == "__main__":
    main()
