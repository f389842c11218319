import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from sandbox.engine.host import launcher
from tests.conftest import ROOT

# Replaces the server: it prints the number of loaded SDK modules, then waits.
SERVER = """
import sys, time
from pulumi.runtime.proto import language_pb2
print("the SDK" if "pulumi.resource" in sys.modules else "the protocol", flush=True)
time.sleep(60)
"""


@pytest.fixture
def starting(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """Start a host that stops after its imports."""
    package = tmp_path / "sandbox/engine/host"
    package.mkdir(parents=True)
    shutil.copy(ROOT / "sandbox/engine/host/__main__.py", package)
    (package / "server.py").write_text(SERVER)
    started = launcher.install(tmp_path, python=Path(sys.executable), checkout=tmp_path)
    with subprocess.Popen(
        [started, "engine"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as host:
        yield host
        host.kill()


def test_the_protocol_is_loaded_without_the_sdk_around_it(starting: subprocess.Popen[str]) -> None:
    assert starting.stdout
    assert starting.stdout.readline() == "the protocol\n"


def test_an_interrupt_at_the_start_is_quiet(starting: subprocess.Popen[str]) -> None:
    assert starting.stdout
    starting.stdout.readline()
    starting.send_signal(signal.SIGINT)

    assert (*starting.communicate(), starting.returncode) == ("", "", 0)
