import asyncio
import os
import signal
import sys
from asyncio.subprocess import PIPE

import pytest

from sandbox.engine.host import processes
from sandbox.engine.host.processes import child, read_output

STUBBORN = """
import signal, time
signal.signal(signal.SIGINT, lambda *_: print("no", flush=True))
print("up", flush=True)
time.sleep(60)
"""
# A background job of a shell ignores interrupts unless it installs a handler.
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


def test_a_process_that_ignores_an_interrupt_is_killed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processes, "_PATIENCE_SECONDS", 0.1)

    async def interrupt() -> tuple[bytes, int]:
        stopping = asyncio.Event()
        command = [sys.executable, "-c", STUBBORN]
        async with child(
            command, environment=os.environ, folder=None, stopping=stopping, output=PIPE
        ) as process:
            assert process.stdout
            await process.stdout.readline()
            stopping.set()
            return await process.stdout.readline(), await process.wait()

    assert asyncio.run(interrupt()) == (b"no\n", -signal.SIGKILL)


def test_a_cancelled_call_ends_its_process() -> None:
    async def abandon() -> int | None:
        command = [sys.executable, "-c", SLEEPER]
        async with child(
            command, environment=os.environ, folder=None, stopping=asyncio.Event(), output=PIPE
        ) as process:
            assert process.stdout
            await process.stdout.readline()
        return process.returncode

    assert asyncio.run(abandon()) == -signal.SIGINT


def test_both_streams_are_read_to_their_ends() -> None:
    async def listen() -> dict[str, bytes]:
        command = [sys.executable, "-c", TALKER]
        pieces = {"stdout": b"", "stderr": b""}
        async with child(
            command, environment=os.environ, folder=None, stopping=asyncio.Event(), output=PIPE
        ) as process:
            async for output in read_output(process):
                for stream, piece in output.items():
                    pieces[stream] += piece
        return pieces

    assert asyncio.run(listen()) == {"stdout": b"one\nthree\n", "stderr": b"two\n"}
