"""Progress of long tasks on the terminal."""

import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

_MINUTES_FROM = 180  # seconds


def say(line: str) -> None:
    """Print a line without buffering."""
    print(line, flush=True)


@contextmanager
def working(what: str, expected_seconds: int, later_seconds: int = 0) -> Iterator[None]:
    """
    Report a task, its duration so far, and an estimate of the rest.

    A terminal gets one line that is updated; a log gets a line every half minute.

    Args:
        what: The task.
        expected_seconds: Its expected duration.
        later_seconds: The expected duration of the tasks after it.
    """
    terminal = sys.stdout.isatty()
    started = time.monotonic()
    done = threading.Event()

    def report() -> None:
        while not done.wait(1 if terminal else 30):
            spent = round(time.monotonic() - started)
            left = rest(expected_seconds - spent, later_seconds)
            print(f"  {what}: {spent} s, {left}", end="\r" if terminal else "\n", flush=True)

    all_seconds = expected_seconds + later_seconds
    total = f"; all: about {_duration(all_seconds)}" if later_seconds else ""
    say(f"{what} (about {_duration(expected_seconds)}{total})")
    reporter = threading.Thread(target=report, daemon=True)
    reporter.start()
    try:
        yield
    finally:
        done.set()
        reporter.join()
        if terminal:
            print("\x1b[2K", end="", flush=True)


def rest(seconds: int, later_seconds: int) -> str:
    """Return how long a task and those after it still take."""
    own = f"about {_duration(seconds)} left" if seconds > 0 else "longer than the last time"
    if not later_seconds:
        return own
    return f"{own}; all: about {_duration(max(seconds, 0) + later_seconds)} left"


def _duration(seconds: int) -> str:
    return f"{seconds} s" if seconds < _MINUTES_FROM else f"{round(seconds / 60)} min"
