"""A language host in its own process, as the engine starts it."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import grpc
from pulumi.runtime.proto import language_pb2 as pb
from pulumi.runtime.proto import language_pb2_grpc

from sandbox.engine.host import launcher
from tests.conftest import ROOT

ENGINE = "127.0.0.1:1"
# gRPC itself may print this when a call is cancelled.
_OF_GRPC = re.compile(
    r'Traceback \(most recent call last\):\n  File "src/python/grpcio/.*\n'
    r"asyncio\.exceptions\.CancelledError\n"
)


class Host:
    """The host, and the engine's side of their connections."""

    def __init__(self, folder: Path, environment: Mapping[str, str], executor: str) -> None:
        (folder / f"{launcher.NAME}-exec").write_text(executor)
        started = launcher.install(folder, python=Path(sys.executable), checkout=ROOT)
        stdin, self._lifeline = os.pipe()
        self.process = subprocess.Popen(
            [started, ENGINE],
            cwd=folder,
            env=environment,
            stdin=stdin,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            process_group=0,
        )
        os.close(stdin)
        self._channel = grpc.insecure_channel(f"127.0.0.1:{self.line()}")
        self.stub: Any = language_pb2_grpc.LanguageRuntimeStub(self._channel)

    def line(self) -> str:
        """Wait for the next line that the host, or the program it runs, prints."""
        assert self.process.stdout
        return self.process.stdout.readline().rstrip("\n")

    def lose_engine(self) -> None:
        """Close the pipe that the engine holds open while it runs."""
        os.close(self._lifeline)
        self._lifeline = -1

    def interrupt(self) -> None:
        self.process.send_signal(signal.SIGINT)

    def left(self) -> tuple[int, str, str]:
        """Wait for the host to end; return its exit code and the remaining output."""
        stdout, stderr = self.process.communicate(timeout=10)
        return self.process.returncode, stdout, _OF_GRPC.sub("", stderr)

    def close(self) -> None:
        self._channel.close()
        if self._lifeline >= 0:
            self.lose_engine()
        self.left()


def output_of(
    responses: Iterable[pb.RunPluginResponse | pb.InstallDependenciesResponse],
) -> list[str]:
    """Return the whole output of each stream; the size of its pieces varies."""
    pieces = list(responses)
    return [
        b"".join(getattr(p, stream) for p in pieces).decode() for stream in ("stdout", "stderr")
    ]
