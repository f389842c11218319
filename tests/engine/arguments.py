"""What any user of the machine can read of a process: its arguments."""

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import psutil

# A new process has the arguments of its parent until it executes its own program.
_LOOKS = 20
_POLL_SECONDS = 0.05


@contextmanager
def collected() -> Iterator[set[str]]:
    """Collect the arguments of every process that runs within the block."""
    seen: set[str] = set()
    ended = threading.Event()
    thread = threading.Thread(target=_collect, args=(seen, ended), daemon=True)
    thread.start()
    try:
        yield seen
    finally:
        ended.set()
        thread.join()


def _collect(seen: set[str], ended: threading.Event) -> None:
    looks: Counter[int] = Counter()
    while not ended.wait(_POLL_SECONDS):
        looks.update(psutil.pids())
        for pid in [pid for pid, number in looks.items() if number <= _LOOKS]:
            with suppress(psutil.Error):
                seen.add(" ".join(psutil.Process(pid).cmdline()))
