"""Run the simulator: `python -m sandbox.simulators.pagerduty`; `--help` lists its options."""

import argparse
import sqlite3
from pathlib import Path

from sandbox.simulators.loopback import listener, loopback_address, serve
from sandbox.simulators.pagerduty import seed
from sandbox.simulators.pagerduty.account import Account
from sandbox.simulators.pagerduty.application import application
from sandbox.simulators.store import Store
from sandbox.simulators.tokens import read_tokens

NAME = "sandbox-pagerduty-simulator"


def main() -> None:
    options = _options()
    fill = seed.load(options.account).fill
    tokens = read_tokens(options.token_file)
    try:
        bound, url = listener(options.host, options.port)
    except OSError as error:
        raise SystemExit(f"port {options.port} on {options.host}: {error.strerror}") from None
    try:
        account = Account(Store(options.state), url, fill)
    except sqlite3.Error as error:
        hint = "; is another simulator using it?" if "locked" in str(error) else ""
        raise SystemExit(f"{options.state}: {error}{hint}") from None
    serve(application(account, tokens), bound, url, NAME)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m sandbox.simulators.pagerduty",
        description="A simulated PagerDuty account; not PagerDuty.",
    )
    parser.add_argument("--host", type=loopback_address, default="127.0.0.1")
    parser.add_argument("--port", type=int, required=True, help="0 takes any free one")
    parser.add_argument("--state", type=Path, required=True, help="SQLite file, made if missing")
    parser.add_argument(
        "--token-file", type=Path, required=True, help="accepted REST tokens, one per line"
    )
    parser.add_argument(
        "--account", type=Path, required=True, help="what a new account holds (YAML)"
    )
    return parser.parse_args()


if __name__ == "__main__":
    main()
