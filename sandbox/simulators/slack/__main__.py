"""Run: `python -m sandbox.simulators.slack --port N --state FILE --webhook-file FILE`."""

import argparse
import sqlite3
from pathlib import Path

from sandbox.simulators.loopback import listener, loopback_address, serve
from sandbox.simulators.simulation import Simulation
from sandbox.simulators.slack import webhooks
from sandbox.simulators.slack.application import application
from sandbox.simulators.store import Store

NAME = "sandbox-slack-simulator"


def main() -> None:
    options = _options()
    known = webhooks.load(options.webhook_file)
    try:
        bound, url = listener(options.host, options.port)
    except OSError as error:
        raise SystemExit(f"port {options.port} on {options.host}: {error.strerror}") from None
    try:
        workspace = Simulation(Store(options.state))
    except sqlite3.Error as error:
        hint = "; is another simulator using it?" if "locked" in str(error) else ""
        raise SystemExit(f"{options.state}: {error}{hint}") from None
    serve(application(workspace, known), bound, url, NAME, paths_are_secret=True)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m sandbox.simulators.slack",
        description="A simulated Slack workspace's incoming webhooks; not Slack.",
    )
    parser.add_argument("--host", type=loopback_address, default="127.0.0.1")
    parser.add_argument("--port", type=int, required=True, help="0 takes any free one")
    parser.add_argument("--state", type=Path, required=True, help="SQLite file, made if missing")
    parser.add_argument(
        "--webhook-file", type=Path, required=True, help="`channel path` of each webhook, a line"
    )
    return parser.parse_args()


if __name__ == "__main__":
    main()
