"""
Backup, nightly run and integrity check of legal documents, beside `sha256sum` on the same files.

    python -m benchmarks.legal_storage [DOCUMENTS BYTES]...

Without arguments: 10,000 documents of 20 kB, 100,000 of 2 kB, and one of 5 GB. If restic is on the
PATH, it backs up the same files to the same server in the same run.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import psutil

from sandbox import supervision
from sandbox.engine.toolchain.cache import Toolchain
from sandbox.estate.s3 import BUCKET
from sandbox.estate.secrets import draw
from sandbox.servers import s3
from sandbox.world import CHECKOUT, World

_SIZES = [(10_000, 20_000), (100_000, 2_000), (1, 5_000_000_000)]  # documents, and bytes of each
_MEGABYTE = 1_000_000
_KINDS = ("subpoena", "certification", "rfpa", "hold")
_RUNS = 3  # of what is compared: the fastest counts


def main() -> None:
    """Print a row for each run: its seconds, and the peak memory of its processes."""
    words = [int(word) for word in sys.argv[1:]]
    sizes = list(zip(words[::2], words[1::2], strict=True)) or _SIZES
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        world = World(place / "world", 22500, [supervision.SERVER, s3.SERVER])
        world.create()
        world.prepare(Toolchain())
        try:
            supervision.start(world, world.processes(Toolchain()))
            print(f"load at the start: {os.getloadavg()[0]:.1f}")
            print(f"{'what':<56} {'seconds':>8} {'memory (MB)':>12}")
            for number, size in sizes:
                _measure(world, place / str(number), number, size)
        finally:
            supervision.stop(world)


def _measure(world: World, folder: Path, number: int, size: int) -> None:
    environment = _pod(world, folder)
    documents = folder / "documents"
    pods = [sys.executable, "-m", "legal_storage"]
    _timed([*pods, "prepare"], environment)
    _fill(documents, number, size)
    what = f"{number:,} of {size:,} bytes"
    _row(f"{what}: first backup", [[*pods, "backup"]], environment)
    _row(f"{what}: next backup", [[*pods, "backup"]] * _RUNS, environment)
    hashes = ["sh", "-c", f"find {documents} -type f -print0 | xargs -0 sha256sum > /dev/null"]
    _row(f"{what}: sha256sum", [hashes] * _RUNS, environment)
    _row(f"{what}: integrity check", [[*pods, "verify"]], environment)
    if restic := shutil.which("restic"):
        base = [restic, "--quiet", "--cacert", str(world.tls / "ca.pem")]
        own = environment | _restic(world, folder)
        _timed([*base, "init"], own)
        backup = [*base, "backup", "--force", str(documents)]
        _row(f"{what}: restic, first backup", [backup], own)
        _row(f"{what}: restic, next backup", [backup] * _RUNS, own)
        _row(f"{what}: restic, check --read-data", [[*base, "check", "--read-data"]], own)


def _fill(documents: Path, number: int, size: int) -> None:
    for at in range(number):
        with (documents / _KINDS[at % 4] / f"{at}.pdf").open("wb") as file:
            for begin in range(0, size, _MEGABYTE):
                file.write(os.urandom(min(_MEGABYTE, size - begin)))


def _restic(world: World, folder: Path) -> dict[str, str]:
    bucket = f"{BUCKET}-restic-{folder.name}"
    s3.create_bucket(world, bucket)
    return {
        "RESTIC_REPOSITORY": f"s3:{s3.url(world)}/{bucket}",
        "RESTIC_PASSWORD": "of the benchmark",
        "RESTIC_CACHE_DIR": str(folder / "restic"),
        "AWS_ACCESS_KEY_ID": s3.OPERATOR,
        "AWS_SECRET_ACCESS_KEY": world.credentials[f"s3/{s3.OPERATOR}"],
    }


def _pod(world: World, folder: Path) -> dict[str, str]:
    bucket = f"{BUCKET}-{folder.name}"
    s3.create_bucket(world, bucket)
    for name in ("documents", "scratch", "logs", "secrets"):
        (folder / name).mkdir(parents=True)
    secrets = {
        "access-key-id": "backup",
        "secret-access-key": world.credentials["s3/backup"],
        **{path.rpartition("/")[2]: key for path, key in draw().items()},
    }
    for name, value in secrets.items():
        (folder / "secrets" / name).write_text(value)
    described = {
        "stack": "benchmark",
        "image": "none",
        "documents": str(folder / "documents"),
        "owner": {"uid": os.getuid() or 10001, "gid": os.getgid() or 10001},
        "scratch": str(folder / "scratch"),
        "secrets": str(folder / "secrets"),
        "retention_years": 7,
        "largest_loss_percent": 1,
        "store": {
            "kind": "s3",
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


def _row(meaning: str, commands: Sequence[Sequence[str]], environment: Mapping[str, str]) -> None:
    runs = [_timed(command, environment) for command in commands]
    seconds, memory = min(runs)
    print(f"{meaning:<56} {seconds:>8.2f} {memory / _MEGABYTE:>12.0f}", flush=True)


def _timed(command: Sequence[str], environment: Mapping[str, str]) -> tuple[float, int]:
    started = time.monotonic()
    with subprocess.Popen(
        command, cwd=CHECKOUT, env=dict(environment), stdout=subprocess.PIPE, text=True
    ) as running:
        most = [0]
        watching = threading.Thread(target=_watch, args=(psutil.Process(running.pid), most))
        watching.start()
        reported, _ = running.communicate()
        seconds = time.monotonic() - started
        watching.join()
    if running.returncode:
        sys.exit(f"{command} failed: {reported}")
    return seconds, most[0]


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
