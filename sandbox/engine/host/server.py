"""The server of the host: it prints its port, and stops on a signal or when the engine is gone."""

import asyncio
import os
import signal
import stat
import sys
from pathlib import Path

from grpc import aio
from pulumi.runtime.proto import language_pb2_grpc

from sandbox.engine.host.language_runtime import LanguageRuntime
from sandbox.engine.host.policy_packs import MESSAGE_LIMITS

_STOP_SECONDS = 5


async def serve(executor: Path, engine: str) -> None:
    """Serve the engine until a signal, or until the engine is gone."""
    runtime = LanguageRuntime(executor, engine)
    server = aio.server(options=MESSAGE_LIMITS)
    language_pb2_grpc.add_LanguageRuntimeServicer_to_server(runtime, server)
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    leaving = _time_to_leave()
    print(port, flush=True)
    await leaving.wait()
    runtime.leave()
    await server.stop(_STOP_SECONDS)


def _time_to_leave() -> asyncio.Event:
    loop = asyncio.get_running_loop()
    leaving = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, leaving.set)

    def listen() -> None:
        if not os.read(stdin, 4096):
            loop.remove_reader(stdin)
            leaving.set()

    # The engine holds the other end of this pipe, which closes when the engine ends in any way.
    stdin = sys.stdin.fileno()
    if stat.S_ISFIFO(os.fstat(stdin).st_mode):
        loop.add_reader(stdin, listen)
    return leaving
