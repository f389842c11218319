"""Run: `python -m sandbox.simulators.grafana --port N --state FILE --token-file FILE`."""

import argparse
import sqlite3
from pathlib import Path

from sandbox.simulators.grafana.application import application
from sandbox.simulators.grafana.organisation import Organisation
from sandbox.simulators.loopback import listener, loopback_address, serve
from sandbox.simulators.store import Store
from sandbox.simulators.tokens import read_tokens

NAME = "sandbox-grafana-simulator"


def main() -> None:
    options = _options()
    tokens = read_tokens(options.token_file)
    try:
        bound, url = listener(options.host, options.port)
    except OSError as error:
        raise SystemExit(f"port {options.port} on {options.host}: {error.strerror}") from None
    try:
        own = Organisation(Store(options.state))
    except sqlite3.Error as error:
        hint = "; is another simulator using it?" if "locked" in str(error) else ""
        raise SystemExit(f"{options.state}: {error}{hint}") from None
    serve(application(own, tokens), bound, url, NAME)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m sandbox.simulators.grafana", description="A simulated Grafana; not Grafana."
    )
    parser.add_argument("--host", type=loopback_address, default="127.0.0.1")
    parser.add_argument("--port", type=int, required=True, help="0 takes any free one")
    parser.add_argument("--state", type=Path, required=True, help="SQLite file, made if missing")
    parser.add_argument(
        "--token-file", type=Path, required=True, help="accepted tokens, one per line"
    )
    return parser.parse_args()


if __name__ == "__main__":
    main()
