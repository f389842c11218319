"""What a person sees while something takes long."""

import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager


def say(line: str) -> None:
    """Print a line at once: whoever waits must see it."""
    print(line, flush=True)


@contextmanager
def working(what: str, expected_seconds: int) -> Iterator[None]:
    """
    Tell what is going on, for how long, and about how long is left.

    A terminal sees one line that counts; a log gets a line every half minute.
    """
    terminal = sys.stdout.isatty()
    started = time.monotonic()
    done = threading.Event()

    def tell() -> None:
        while not done.wait(1 if terminal else 30):
            spent = round(time.monotonic() - started)
            left = expected_seconds - spent
            rest = f"about {left} s left" if left > 0 else "longer than the last time"
            print(f"  {what}: {spent} s, {rest}", end="\r" if terminal else "\n", flush=True)

    say(f"{what} (about {expected_seconds} s)")
    teller = threading.Thread(target=tell, daemon=True)
    teller.start()
    try:
        yield
    finally:
        done.set()
        teller.join()
        if terminal:
            print("\x1b[2K", end="", flush=True)
