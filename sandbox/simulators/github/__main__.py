"""Run the simulator: `python -m sandbox.simulators.github`; `--help` lists its options."""

import argparse
import sqlite3
from pathlib import Path

from sandbox.simulators.github.application import application
from sandbox.simulators.github.repository import Repository
from sandbox.simulators.github.users import load
from sandbox.simulators.loopback import listener, loopback_address, serve
from sandbox.simulators.store import Store

NAME = "sandbox-github-simulator"


def main() -> None:
    options = _options()
    users = load(options.user_file)
    try:
        bound, url = listener(options.host, options.port)
    except OSError as error:
        raise SystemExit(f"port {options.port} on {options.host}: {error.strerror}") from None
    try:
        repository = Repository(Store(options.state), url, options.repository)
    except sqlite3.Error as error:
        hint = "; is another simulator using it?" if "locked" in str(error) else ""
        raise SystemExit(f"{options.state}: {error}{hint}") from None
    serve(application(repository, users), bound, url, NAME)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m sandbox.simulators.github",
        description="A simulated repository's issues and comments; not GitHub.",
    )
    parser.add_argument("--host", type=loopback_address, default="127.0.0.1")
    parser.add_argument("--port", type=int, required=True, help="0 takes any free one")
    parser.add_argument("--state", type=Path, required=True, help="SQLite file, made if missing")
    parser.add_argument("--repository", required=True, help="its owner/name")
    parser.add_argument(
        "--user-file", type=Path, required=True, help="`login permissions token` of each user"
    )
    return parser.parse_args()


if __name__ == "__main__":
    main()
