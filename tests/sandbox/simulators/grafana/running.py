"""The simulator in its own process, and its client."""

import ssl
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2

from tests.sandbox.simulators.processes import running

Json = dict[str, Any]

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
    token_file = f"--token-file={folder / 'tokens'}"
    with running("grafana", folder, token_file, *options) as (url, process):
        yield Simulator(url=url, process=process)


def save(http: httpx2.Client, title: str, **more: object) -> httpx2.Response:
    """Save a dashboard; *more* has further keys of the command or of the model."""
    command = {key: more.pop(key) for key in ("folderUid", "overwrite", "message") if key in more}
    model = {"title": title, **more}
    return http.post("/api/dashboards/db", json={"dashboard": model, **command})
