"""What the commands of the simulators share: their options, their socket and their state."""

import argparse
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from starlette.types import ASGIApp

from sandbox.simulators.loopback import listener, loopback_address, serve
from sandbox.simulators.store import Store

S = TypeVar("S")


def parser(name: str, description: str) -> argparse.ArgumentParser:
    """Return a parser with the options of every simulator."""
    made = argparse.ArgumentParser(
        prog=f"python -m sandbox.simulators.{name}", description=description
    )
    made.add_argument("--host", type=loopback_address, default="127.0.0.1")
    made.add_argument("--port", type=int, required=True, help="0 takes any free one")
    made.add_argument("--state", type=Path, required=True, help="SQLite file, made if missing")
    return made


def run(
    options: argparse.Namespace,
    opened: Callable[[Store, str], S],
    application: Callable[[S], ASGIApp],
    name: str,
    *,
    paths_are_secret: bool = False,
) -> None:
    """
    Serve a simulator until it is stopped.

    Args:
        options: Those of `parser`.
        opened: Makes the simulated system from its store and its own address.
        application: Makes the HTTP application from the system.
        name: What the simulator calls itself.
        paths_are_secret: Whether the log has no paths.

    Raises:
        SystemExit: The port or the state cannot be used; the message says why.
    """
    try:
        bound, url = listener(options.host, options.port)
    except OSError as error:
        raise SystemExit(f"port {options.port} on {options.host}: {error.strerror}") from None
    try:
        system = opened(Store(options.state), url)
    except sqlite3.Error as error:
        hint = "; is another simulator using it?" if "locked" in str(error) else ""
        raise SystemExit(f"{options.state}: {error}{hint}") from None
    serve(application(system), bound, url, name, paths_are_secret=paths_are_secret)
