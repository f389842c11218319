"""Progress of long tasks on the terminal."""

import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager


def say(line: str) -> None:
    """Print a line without buffering."""
    print(line, flush=True)


@contextmanager
def working(what: str, expected_seconds: int) -> Iterator[None]:
    """
    Report a task, its duration so far, and an estimate of the rest.

    A terminal gets one line that is updated; a log gets a line every half minute.
    """
    terminal = sys.stdout.isatty()
    started = time.monotonic()
    done = threading.Event()

    def report() -> None:
        while not done.wait(1 if terminal else 30):
            spent = round(time.monotonic() - started)
            left = expected_seconds - spent
            rest = f"about {left} s left" if left > 0 else "longer than the last time"
            print(f"  {what}: {spent} s, {rest}", end="\r" if terminal else "\n", flush=True)

    say(f"{what} (about {expected_seconds} s)")
    reporter = threading.Thread(target=report, daemon=True)
    reporter.start()
    try:
        yield
    finally:
        done.set()
        reporter.join()
        if terminal:
            print("\x1b[2K", end="", flush=True)
