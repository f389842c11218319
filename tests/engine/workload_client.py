"""A client of the sandbox's workload: its routes, its log, its ledger, its command."""

import sqlite3
import subprocess
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import requests

from audit_reconciliation.outcome import Window
from sandbox.estate import audit_reconciliation
from sandbox.estate.workload import server
from tests.conftest import ROOT
from tests.engine.kafka_clients import SECONDS
from tests.engine.sandboxes import Sandbox


@dataclass(frozen=True)
class Workload:
    """The sandbox's workload."""

    sandbox: Sandbox

    def put(self, mode: str, **body: object) -> None:
        self._answer("PUT", f"/sandbox/{mode}", body)

    def reset(self) -> None:
        self._answer("POST", "/sandbox/reset", None)

    def progress(self) -> Mapping[str, int]:
        reported: Mapping[str, int] = self._answer("GET", "/sandbox/behaviour", None)["progress"]
        return reported

    def total(self, name: str) -> float:
        text = requests.get(f"{self.url}/metrics", timeout=SECONDS).text
        return sum(float(line.split()[-1]) for line in text.splitlines() if line.startswith(name))

    def log(self) -> str:
        return (self.sandbox.world.logs / "workload.log").read_text()

    def ids(self, window: Window) -> set[str]:
        """Return the ids of the window's operations, from the ledger."""
        rows = self._ask(
            "SELECT name || '-' || number FROM operations, book WHERE at >= ? AND at < ?",
            window.since,
            window.until,
        )
        return {identity for (identity,) in rows}

    def reconciliation(self, *arguments: str) -> tuple[int, str, str]:
        """Run the command; return its exit code and its output."""
        configuration = audit_reconciliation.configuration_file(self.sandbox.world)
        done = subprocess.run(
            [*audit_reconciliation.command(configuration), "run", *arguments],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
        return done.returncode, done.stdout, done.stderr

    @property
    def url(self) -> str:
        return server.url(self.sandbox.world)

    def _answer(self, method: str, path: str, body: Any) -> Any:
        answer = requests.request(method, f"{self.url}{path}", json=body, timeout=SECONDS)
        answer.raise_for_status()
        return answer.json()

    def _ask(self, question: str, *values: float) -> list[tuple[Any, ...]]:
        ledger = server.ledger_file(self.sandbox.world)
        connection = sqlite3.connect(f"{ledger.as_uri()}?mode=ro", uri=True)
        try:
            return connection.execute(question, values).fetchall()
        finally:
            connection.close()


def until(reached: Callable[[], bool], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not reached():
        assert time.monotonic() < deadline, f"not reached in {seconds} s"
        time.sleep(0.1)


def during(workload: Workload, operations: int) -> Window:
    """Run until the given number of operations is done and all their records are written."""
    since = settled(workload, 0).until
    workload.put("rate")
    done(workload, operations)
    return settled(workload, since)


def done(workload: Workload, operations: int) -> None:
    """Wait until the given number of further operations is done."""
    before = workload.progress()["operations"]
    until(lambda: workload.progress()["operations"] >= before + operations)


def settled(workload: Workload, since: float) -> Window:
    """Stop operations, wait until every record is written, and end the window."""
    workload.put("rate", operations_per_second=0)
    rounds = workload.progress()["rounds"]
    # The current round still uses the old rate; after the next one no operation follows.
    until(lambda: workload.progress()["rounds"] >= rounds + 2)
    until(lambda: workload.progress()["records_waiting"] == 0)
    return Window(since=since, until=time.time())
