"""The arguments of every process of this machine, while a test runs."""

import threading
from collections import Counter
from contextlib import suppress

import psutil

# A new process has the arguments of its parent until it executes its own program.
_LOOKS = 20


class Arguments(threading.Thread):
    """A thread that collects the arguments of every process until it is stopped."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.seen: set[str] = set()
        self.enough = threading.Event()

    def run(self) -> None:
        looks: Counter[int] = Counter()
        while not self.enough.wait(0.05):
            looks.update(psutil.pids())
            for pid in [pid for pid, number in looks.items() if number <= _LOOKS]:
                with suppress(psutil.Error):
                    self.seen.add(" ".join(psutil.Process(pid).cmdline()))
