"""The processes that the host starts: how they are started, heard and ended."""

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
    """A sentence for the person who started the command."""


@asynccontextmanager
async def child(
    command: Sequence[str],
    *,
    environment: Mapping[str, str],
    folder: str | None,
    farewell: asyncio.Event,
    output: int | None = None,
) -> AsyncIterator[Process]:
    """
    Run *command* until it ends, the farewell comes, or nobody waits for it any more.

    It stays in the host's process group: the engine interrupts that whole group, and at last kills
    it, so the command ends even when the host has died.
    """
    process = await asyncio.create_subprocess_exec(
        *command, cwd=folder, env=environment, stdin=DEVNULL, stdout=output, stderr=output
    )
    watch = asyncio.create_task(_end_at(farewell, process))
    try:
        yield process
    finally:
        watch.cancel()
        if process.returncode is None:
            await _end(process)


async def heard(process: Process) -> AsyncIterator[dict[str, bytes]]:
    """Yield what *process* says, piece by piece, each with the stream it was said on."""
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
    command: Sequence[str], *, environment: Mapping[str, str], folder: Path | None = None
) -> bytes:
    """Run *command* for what it prints."""
    process = await asyncio.create_subprocess_exec(
        *command, cwd=folder, env=environment, stdin=DEVNULL, stdout=PIPE, stderr=PIPE
    )
    printed, complaint = await process.communicate()
    if process.returncode:
        raise RefusedError(f"`{' '.join(command)}` failed: {complaint.decode().strip()}")
    return printed


async def _end_at(farewell: asyncio.Event, process: Process) -> None:
    await farewell.wait()
    await _end(process)


async def _end(process: Process) -> None:
    for number, seconds in ((signal.SIGINT, _PATIENCE_SECONDS), (signal.SIGKILL, None)):
        with suppress(ProcessLookupError, TimeoutError):
            process.send_signal(number)
            await asyncio.wait_for(process.wait(), seconds)
            return
