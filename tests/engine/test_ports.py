"""Two test runs take different ports, and a killed run keeps none."""

import socket
import subprocess
import sys

import pytest

from sandbox.world import HOST
from tests.conftest import ROOT
from tests.engine import ports
from tests.engine.polling import eventually
from tests.engine.ports import next_block

OTHER_RUN = """
import time
from tests.engine.ports import next_block
print(next_block(), flush=True)
time.sleep(600)
"""


def test_a_block_belongs_to_one_run_until_that_run_is_killed():
    with subprocess.Popen(
        [sys.executable, "-c", OTHER_RUN], cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout
        taken = int(other.stdout.readline())
        assert next_block() != taken
        other.kill()

    blocks: set[int] = set()

    def returned() -> bool:
        blocks.add(next_block())
        return taken in blocks

    eventually(returned, wanted=True)


def test_a_block_with_a_listening_server_is_skipped(monkeypatch):
    with socket.create_server((HOST, 0)) as server:
        occupied = server.getsockname()[1]
        monkeypatch.setattr(ports, "_blocks", lambda: iter((occupied - 3,)))

        with pytest.raises(RuntimeError, match="no block of ports is free"):
            next_block()
