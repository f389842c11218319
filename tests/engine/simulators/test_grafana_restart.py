"""Every answered change survives a kill, and a failed start is explained."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.sandbox.simulators.grafana.running import TOKEN, save, started


def test_folders_and_dashboards_survive_a_kill(tmp_path: Path) -> None:
    with started(tmp_path) as first, first.http() as http:
        http.post("/api/folders", json={"title": "Waqiti", "uid": "waqiti"}).raise_for_status()
        save(http, "Orders", uid="orders", folderUid="waqiti").raise_for_status()
        save(http, "Orders", uid="orders", folderUid="waqiti", version=1).raise_for_status()
        before = [http.get(path).json() for path in ("/api/search", "/api/dashboards/uid/orders")]
        first.process.kill()
        first.process.wait()
    with started(tmp_path) as second, second.http() as http:
        after = [http.get(path).json() for path in ("/api/search", "/api/dashboards/uid/orders")]
        next_one = save(http, "Payments", uid="payments").json()

    assert after == before
    assert next_one["id"] == 3


def run(*options: str, folder: Path) -> tuple[int, str]:
    command = [sys.executable, "-m", "sandbox.simulators.grafana"]
    ended = subprocess.run(
        [*command, f"--token-file={folder / 'tokens'}", *options],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
    )
    return ended.returncode, ended.stderr


def test_two_simulators_do_not_share_a_state(tmp_path: Path) -> None:
    with started(tmp_path):
        second = run("--port=0", f"--state={tmp_path / 'state.db'}", folder=tmp_path)

    assert second == (
        1,
        f"{tmp_path / 'state.db'}: database is locked; is another simulator using it?\n",
    )


@pytest.mark.parametrize(
    ("content", "problem"),
    [(None, "No such file or directory"), ("\n", "holds no token: write at least one")],
)
def test_the_simulator_does_not_start_without_a_token(
    tmp_path: Path, content: str | None, problem: str
) -> None:
    if content is not None:
        (tmp_path / "tokens").write_text(content)

    code, message = run("--port=0", f"--state={tmp_path / 's'}", folder=tmp_path)

    assert code == 1
    assert message.startswith(str(tmp_path / "tokens"))
    assert problem in message


def test_a_port_in_use_is_reported(tmp_path: Path) -> None:
    with started(tmp_path) as first:
        port = first.url.rpartition(":")[2]
        ended = run(f"--port={port}", f"--state={tmp_path / 'other'}", folder=tmp_path)

    assert ended == (1, f"port {port} on 127.0.0.1: Address already in use\n")


def test_another_address_is_refused_in_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "tokens").write_text(TOKEN)
    code, message = run("--host=0.0.0.0", "--port=0", "--state=x", folder=tmp_path)

    assert (code, "0.0.0.0 is not a loopback address" in message) == (2, True)
