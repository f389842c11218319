import signal
from pathlib import Path

import pytest
from pulumi.runtime.proto import language_pb2 as pb

from tests.engine.host.conftest import StartHost
from tests.sandbox.engine.host.programs import program

SLEEPER = """
import time
try:
    print("up")
    time.sleep(60)
finally:
    print("cleaned up")
"""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_host_stops_without_output(number: signal.Signals, start_host: StartHost) -> None:
    host = start_host()
    host.process.send_signal(number)

    assert host.left() == (0, "", "")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_running_program_can_clean_up_when_the_host_stops(
    number: signal.Signals, start_host: StartHost, project: Path
) -> None:
    host = start_host(SLEEPER)
    running = host.stub.Run.future(pb.RunRequest(info=program(project, virtualenv="venv")))
    host.line()
    host.process.send_signal(number)

    assert host.left() == (0, "cleaned up\n", "")
    assert running.result() == pb.RunResponse(error="program was ended by SIGINT")


def test_nothing_outlives_the_engine(start_host: StartHost, project: Path) -> None:
    host = start_host(SLEEPER)
    running = host.stub.Run.future(pb.RunRequest(info=program(project, virtualenv="venv")))
    host.line()
    host.lose_engine()

    assert running.result(timeout=10) == pb.RunResponse(error="program was ended by SIGINT")
    assert host.left() == (0, "cleaned up\n", "")
