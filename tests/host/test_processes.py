import asyncio
import os
import signal
import sys
from asyncio.subprocess import PIPE

import pytest

from sandbox.host import processes
from sandbox.host.processes import child, heard

STUBBORN = """
import signal, time
signal.signal(signal.SIGINT, lambda *_: print("no", flush=True))
print("up", flush=True)
time.sleep(60)
"""
# In a shell's background job an interrupt is ignored unless somebody asks for it.
SLEEPER = """
import signal, time
signal.signal(signal.SIGINT, signal.SIG_DFL)
print("up", flush=True)
time.sleep(60)
"""
TALKER = """
import sys, time
for stream, text in ((sys.stdout, "one"), (sys.stderr, "two"), (sys.stdout, "three")):
    print(text, file=stream, flush=True)
    sys.stdin.read(1)
"""


def test_what_ignores_an_interrupt_is_killed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processes, "_PATIENCE_SECONDS", 0.1)

    async def interrupt() -> tuple[bytes, int]:
        farewell = asyncio.Event()
        command = [sys.executable, "-c", STUBBORN]
        async with child(
            command, environment=os.environ, folder=None, farewell=farewell, output=PIPE
        ) as process:
            assert process.stdout
            await process.stdout.readline()
            farewell.set()
            return await process.stdout.readline(), await process.wait()

    assert asyncio.run(interrupt()) == (b"no\n", -signal.SIGKILL)


def test_what_nobody_waits_for_is_ended() -> None:
    async def abandon() -> int | None:
        command = [sys.executable, "-c", SLEEPER]
        async with child(
            command, environment=os.environ, folder=None, farewell=asyncio.Event(), output=PIPE
        ) as process:
            assert process.stdout
            await process.stdout.readline()
        return process.returncode

    assert asyncio.run(abandon()) == -signal.SIGINT


def test_both_streams_are_heard_to_their_ends() -> None:
    async def listen() -> dict[str, bytes]:
        command = [sys.executable, "-c", TALKER]
        heard_so_far = {"stdout": b"", "stderr": b""}
        async with child(
            command, environment=os.environ, folder=None, farewell=asyncio.Event(), output=PIPE
        ) as process:
            async for said in heard(process):
                for stream, piece in said.items():
                    heard_so_far[stream] += piece
        return heard_so_far

    assert asyncio.run(listen()) == {"stdout": b"one\nthree\n", "stderr": b"two\n"}
