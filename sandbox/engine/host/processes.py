"""The processes of the host: start them, read their output, and stop them."""

import asyncio
import signal
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path

_CHUNK_BYTES = 65536

# The engine kills the whole process group five seconds after it interrupted it.
_PATIENCE_SECONDS = 4.0


class RefusedError(Exception):
    """A refusal: the message is one sentence for the user."""


@asynccontextmanager
async def child(
    command: Sequence[str],
    *,
    environment: Mapping[str, str],
    folder: str | None,
    stopping: asyncio.Event,
    output: int | None = None,
) -> AsyncIterator[Process]:
    """
    Run *command* until it ends, *stopping* is set, or the caller is cancelled.

    It stays in the host's process group. The engine interrupts the whole group and finally kills
    it, so the command ends even if the host is dead.
    """
    process = await asyncio.create_subprocess_exec(
        *command, cwd=folder, env=environment, stdin=DEVNULL, stdout=output, stderr=output
    )
    watch = asyncio.create_task(_end_at(stopping, process))
    try:
        yield process
    finally:
        watch.cancel()
        if process.returncode is None:
            await _end(process)


async def read_output(process: Process) -> AsyncIterator[dict[str, bytes]]:
    """Yield the output of *process*, piece by piece, each with the name of its stream."""
    streams = {"stdout": process.stdout, "stderr": process.stderr}
    reads = {
        asyncio.create_task(stream.read(_CHUNK_BYTES)): (name, stream)
        for name, stream in streams.items()
        if stream
    }
    while reads:
        done, _ = await asyncio.wait(reads, return_when=asyncio.FIRST_COMPLETED)
        for read in done:
            name, stream = reads.pop(read)
            if piece := read.result():
                reads[asyncio.create_task(stream.read(_CHUNK_BYTES))] = (name, stream)
                yield {name: piece}


async def answer(
    command: Sequence[str],
    *,
    environment: Mapping[str, str],
    folder: Path | None = None,
    question: bytes = b"",
) -> bytes:
    """Return the standard output of *command*, which reads *question*."""
    process = await asyncio.create_subprocess_exec(
        *command, cwd=folder, env=environment, stdin=PIPE, stdout=PIPE, stderr=PIPE
    )
    output, errors = await process.communicate(question)
    if process.returncode:
        raise RefusedError(f"`{' '.join(command)}` failed: {errors.decode().strip()}")
    return output


async def _end_at(stopping: asyncio.Event, process: Process) -> None:
    await stopping.wait()
    await _end(process)


async def _end(process: Process) -> None:
    for number, seconds in ((signal.SIGINT, _PATIENCE_SECONDS), (signal.SIGKILL, None)):
        with suppress(ProcessLookupError, TimeoutError):
            process.send_signal(number)
            await asyncio.wait_for(process.wait(), seconds)
            return
