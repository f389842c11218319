"""The simulator in its own process, and its client."""

import ssl
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2

Json = dict[str, Any]

ROOT = Path(__file__).parents[4]
TOKEN = "a-token-of-the-sandbox"  # noqa: S105 - of a simulator on loopback

_NO_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
"""Never used; without it each client reads the machine's certificates, which takes 20 ms."""


@dataclass(frozen=True, kw_only=True)
class Simulator:
    url: str
    process: subprocess.Popen[str]

    def http(self, token: str | None = TOKEN) -> httpx2.Client:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        return httpx2.Client(base_url=self.url, headers=headers, timeout=10, verify=_NO_TLS)


@contextmanager
def started(folder: Path, *options: str) -> Iterator[Simulator]:
    """Run the simulator with its state in *folder*; stop it afterwards if it still runs."""
    (folder / "tokens").write_text(f"{TOKEN}\n")
    command = [sys.executable, "-m", "sandbox.simulators.grafana", "--port=0"]
    command += [f"--state={folder / 'state.db'}", f"--token-file={folder / 'tokens'}", *options]
    with (
        (folder / "log").open("a") as log,
        subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=log, text=True) as run,
    ):
        assert run.stdout
        line = run.stdout.readline()
        assert line, (folder / "log").read_text()
        try:
            yield Simulator(url=line.split()[-1], process=run)
        finally:
            run.terminate()


def save(http: httpx2.Client, title: str, **more: object) -> httpx2.Response:
    """Save a dashboard; *more* has further keys of the command or of the model."""
    command = {key: more.pop(key) for key in ("folderUid", "overwrite", "message") if key in more}
    model = {"title": title, **more}
    return http.post("/api/dashboards/db", json={"dashboard": model, **command})
