"""A test run that was killed leaves no process and no folder."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from tests.conftest import ROOT
from tests.engine.polling import eventually

# A run that was started with SIGHUP ignored passes that on to its children.
CONFTEST = """
import signal
from tests.conftest import _watchdog

signal.signal(signal.SIGHUP, signal.SIG_DFL)
"""
RUN = """
import os, subprocess, sys, time
from pathlib import Path

def test_it(tmp_path):
    port = "import socket, time; s = socket.create_server(('127.0.0.1', 0));"
    code = port + "print(s.getsockname()[1], flush=True); time.sleep(600)"
    command = [sys.executable, "-c", code]
    server = subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, start_new_session=True
    )
    draft = Path("draft")
    draft.write_text(f"{server.pid} {server.stdout.readline().strip()} {tmp_path}")
    draft.rename("report")
    time.sleep(600)
"""


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGHUP])
def test_the_servers_and_the_folder_of_a_killed_run_are_gone(tmp_path: Path, number: int) -> None:
    (tmp_path / "conftest.py").write_text(CONFTEST)
    (tmp_path / "test_it.py").write_text(RUN)
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    with subprocess.Popen(
        [*command, f"--basetemp={tmp_path / 'base'}", "test_it.py"],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as run:
        eventually((tmp_path / "report").exists, wanted=True)
        server, _, folder = (tmp_path / "report").read_text().split()
        assert psutil.pid_exists(int(server))
        run.send_signal(number)

    eventually(lambda: _runs(int(server)), wanted=False)
    eventually(Path(folder).exists, wanted=False)


def _runs(pid: int) -> bool:
    return psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
