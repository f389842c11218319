from pathlib import Path

from pulumi.runtime.proto import language_pb2 as pb

from tests.engine.host.conftest import StartHost
from tests.sandbox.engine.host.programs import program


def test_pythonpath_affects_the_program_and_not_the_host(
    start_host: StartHost, project: Path
) -> None:
    (project / "grpc.py").write_text("raise SystemExit('not the real one')")
    host = start_host("import os; print(os.environ['PYTHONPATH'])", PYTHONPATH=str(project))
    host.stub.Run(pb.RunRequest(info=program(project, virtualenv="venv")))

    assert host.line() == str(project)
