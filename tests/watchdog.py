"""
A process that kills what a killed test run has started.

A test run and its watchdog share a pipe. A run that ends normally writes to it. If the pipe closes
without that, the run was killed: the watchdog kills every process that has the marker of the run in
its environment, and removes the temporary folder of the run.
"""

import os
import shutil
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

MARK = "WAQITI_TEST_RUN"
_ENDED = b"ended"
_POLL_SECONDS = 0.1


@contextmanager
def watched(folder: Path) -> Iterator[None]:
    """Mark what this process starts, and watch this process; *folder* is its temporary folder."""
    root = Path(__file__).parents[1]
    command = [sys.executable, "-m", "tests.watchdog", str(folder)]
    # It runs without the marker, and in its own session, which survives a closed terminal.
    unmarked = {name: value for name, value in os.environ.items() if name != MARK}
    mark = str(uuid.uuid4())
    watchdog = subprocess.Popen(
        [*command, mark], cwd=root, env=unmarked, stdin=subprocess.PIPE, start_new_session=True
    )
    os.environ[MARK] = mark
    try:
        yield
    finally:
        watchdog.communicate(_ENDED)


def main(folder: str, mark: str) -> None:
    """Wait for the end of the run, and clean up if it was killed."""
    if sys.stdin.buffer.read() == _ENDED:
        return
    while marked := list(_pids(mark)):
        for pid in marked:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        time.sleep(_POLL_SECONDS)
    shutil.rmtree(folder, ignore_errors=True)


def _pids(mark: str) -> Iterator[int]:
    """Return the marked processes; a zombie has no environment."""
    for file in Path("/proc").glob("[0-9]*/environ"):
        with suppress(OSError):
            if f"{MARK}={mark}".encode() in file.read_bytes().split(b"\0"):
                yield int(file.parent.name)


if __name__ == "__main__":
    main(*sys.argv[1:])
