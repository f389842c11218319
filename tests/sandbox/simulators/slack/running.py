"""The simulator in its own process, and its clients."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests
from slack_sdk.webhook import WebhookClient

Json = dict[str, Any]

ROOT = Path(__file__).parents[4]
MONDAY = "2026-01-05T09:00:00+00:00"
CRITICAL = "/services/TSANDBOX/BCRITICAL/oneSecret0123456789abcde"
FRAUD = "/services/TSANDBOX/BFRAUD/otherSecret0123456789abc"
WEBHOOKS = f"waqiti-local-critical {CRITICAL}\nwaqiti-local-fraud {FRAUD}\n"


@dataclass(frozen=True, kw_only=True)
class Simulator:
    url: str
    log: Path
    process: subprocess.Popen[str]
    session: requests.Session

    def ask(self, method: str, path: str, **request: Any) -> requests.Response:
        return self.session.request(method, f"{self.url}{path}", timeout=10, **request)

    def official(self, webhook: str) -> WebhookClient:
        client = WebhookClient(f"{self.url}{webhook}")
        client.proxy = None  # the client uses the environment's proxy and ignores its exceptions
        return client

    def start_anew(self) -> None:
        """Reset the simulator, and set its clock to a Monday morning."""
        self.ask("POST", "/sandbox/reset").raise_for_status()
        self.ask("PUT", "/sandbox/clock", json={"now": MONDAY}).raise_for_status()

    def messages(self) -> list[tuple[str, Json]]:
        """Return (channel, payload) of each message so far."""
        listed = self.ask("GET", "/sandbox/messages").json()["messages"]
        return [(message["channel"], message["payload"]) for message in listed]


@contextmanager
def started(folder: Path) -> Iterator[Simulator]:
    """Run the simulator with its state in *folder*; stop it afterwards if it still runs."""
    (folder / "webhooks").write_text(WEBHOOKS)
    command = [sys.executable, "-m", "sandbox.simulators.slack", "--port=0"]
    command += [f"--state={folder / 'state.db'}", f"--webhook-file={folder / 'webhooks'}"]
    with (
        (folder / "log").open("a") as log,
        requests.Session() as session,
        subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=log, text=True) as run,
    ):
        session.trust_env = False  # no proxy for loopback
        assert run.stdout
        line = run.stdout.readline()
        assert line, (folder / "log").read_text()
        try:
            yield Simulator(url=line.split()[-1], log=folder / "log", process=run, session=session)
        finally:
            run.terminate()
