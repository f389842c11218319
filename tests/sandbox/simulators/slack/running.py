"""The simulator in its own process, and its clients."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests
from slack_sdk.webhook import WebhookClient

from tests.sandbox.simulators.processes import running

Json = dict[str, Any]

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
    webhook_file = f"--webhook-file={folder / 'webhooks'}"
    with running("slack", folder, webhook_file) as (url, process), requests.Session() as session:
        session.trust_env = False  # no proxy for loopback
        yield Simulator(url=url, log=folder / "log", process=process, session=session)
