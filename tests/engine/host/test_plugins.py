import json
import sys
from collections.abc import Iterator
from pathlib import Path

import grpc
import pytest
from google.protobuf.empty_pb2 import Empty
from pulumi.runtime.proto import analyzer_pb2, analyzer_pb2_grpc
from pulumi.runtime.proto import language_pb2 as pb

from tests.engine.host.conftest import StartHost
from tests.engine.host.running import Host, output_of
from tests.sandbox.engine.host.programs import program, virtualenv

REPORTER = """
import json, os, sys
print(json.dumps([sys.argv, os.getcwd(), os.environ["PATH"], os.environ["VIRTUAL_ENV"]]))
print("complaint", file=sys.stderr)
sys.exit(7)
"""
SLEEPER = """
import time
try:
    print("up", flush=True)
    time.sleep(60)
finally:
    open("cleaned up", "w").close()
"""
# A policy pack whose name has the data that it had when it started.
POLICY_PACK = """
import os, sys
from concurrent import futures
import grpc
from pulumi.runtime.proto import analyzer_pb2, analyzer_pb2_grpc

class Analyzer(analyzer_pb2_grpc.AnalyzerServicer):
    def ConfigureStack(self, request, context):
        return analyzer_pb2.AnalyzerStackConfigureResponse()

    def GetAnalyzerInfo(self, request, context):
        known = [os.environ.get(f"PULUMI_{name}", "") for name in
            ("ORGANIZATION", "PROJECT", "STACK", "DRY_RUN", "CONFIG")]
        return analyzer_pb2.AnalyzerInfo(name=" ".join([*known, os.getcwd()]))

    def Analyze(self, request, context):
        context.abort(grpc.StatusCode.INVALID_ARGUMENT, "not like this")

server = grpc.server(futures.ThreadPoolExecutor(1))
analyzer_pb2_grpc.add_AnalyzerServicer_to_server(Analyzer(), server)
print(server.add_insecure_port("127.0.0.1:0"), flush=True)
server.start()
os.write(1, b"started\\n")
server.wait_for_termination()
"""


def plugin_request(project: Path, **options: object) -> pb.RunPluginRequest:
    return pb.RunPluginRequest(
        info=program(project, **options), kind="resource", pwd=str(project.parent), args=["engine"]
    )


def test_a_plugin_folder_runs_in_the_engines_working_directory(
    start_host: StartHost, project: Path
) -> None:
    (project / "__main__.py").write_text(REPORTER)
    request = plugin_request(project)
    request.env.extend(["PATH=/engine", "LATE=last=word"])
    responses = list(start_host().stub.RunPlugin(request))
    stdout, stderr = output_of(responses)

    assert json.loads(stdout) == [
        [str(project), "engine"],
        str(project.parent),
        "/engine",
        str(project / "venv"),
    ]
    assert (stderr, responses[-1]) == ("complaint\n", pb.RunPluginResponse(exitcode=7))


def test_a_plugin_that_is_a_package_runs_by_its_name(start_host: StartHost, project: Path) -> None:
    virtualenv(
        project / "venv",
        {"pulumi/__init__.py": "", "pulumi/run/plugin.py": "import sys; print(sys.argv[1:])"},
    )
    (project / "pyproject.toml").write_text(
        '[project]\nname = "gadget"\n[build-system]\nbuild-backend = "hatchling.build"\n'
    )

    responses = start_host().stub.RunPlugin(plugin_request(project))

    assert output_of(responses) == ["['gadget', 'engine']\n", ""]


@pytest.mark.parametrize("pyproject", ["", '[project]\nname = "gadget"\n'])
def test_a_folder_that_is_no_plugin_is_refused(
    pyproject: str, idle_host: Host, project: Path
) -> None:
    (project / "pyproject.toml").write_text(pyproject)

    with pytest.raises(grpc.RpcError) as refused:
        list(idle_host.stub.RunPlugin(plugin_request(project)))

    sentence = (
        f"{project} is no plugin: it has neither a __main__.py nor a buildable pyproject.toml"
    )
    assert refused.value.details() == sentence


def test_a_plugin_ends_with_the_call_that_ran_it(start_host: StartHost, project: Path) -> None:
    (project / "__main__.py").write_text(SLEEPER)
    host = start_host()
    running = host.stub.RunPlugin(plugin_request(project))
    next(running)
    running.cancel()
    host.interrupt()

    assert host.left() == (0, "", "")
    assert (project.parent / "cleaned up").exists()


@pytest.fixture
def pack(project: Path) -> pb.RunPluginRequest:
    """Describe a policy pack that runs on the tests' own Python, where the SDK is."""
    (project / "__main__.py").write_text(POLICY_PACK)
    request = plugin_request(project, virtualenv=sys.prefix)
    request.kind = "analyzer"
    return request


def analyzer(running: Iterator[pb.RunPluginResponse]) -> analyzer_pb2_grpc.AnalyzerStub:
    port = next(running).stdout.decode().strip()
    return analyzer_pb2_grpc.AnalyzerStub(grpc.insecure_channel(f"127.0.0.1:{port}"))


def test_a_policy_pack_knows_its_stack_from_the_start(
    start_host: StartHost, project: Path, pack: pb.RunPluginRequest
) -> None:
    host = start_host(http_proxy="http://127.0.0.1:9")
    running = host.stub.RunPlugin(pack)
    asked = analyzer(running)
    stack = analyzer_pb2.AnalyzerStackConfigureRequest(
        stack="prod", project="waqiti", dry_run=True, config={"waqiti:replicas": "3"}
    )
    asked.Handshake(analyzer_pb2.AnalyzerHandshakeRequest(engine_address=""))
    asked.ConfigureStack(stack)

    assert asked.GetAnalyzerInfo(Empty()) == analyzer_pb2.AnalyzerInfo(
        name=f'organization waqiti prod true {{"waqiti:replicas": "3"}} {project}'
    )
    assert next(running) == pb.RunPluginResponse(stdout=b"started\n")
    running.cancel()


def test_the_error_of_a_policy_pack_is_forwarded(
    start_host: StartHost, pack: pb.RunPluginRequest
) -> None:
    running = start_host().stub.RunPlugin(pack)

    with pytest.raises(grpc.RpcError) as refused:
        analyzer(running).Analyze(analyzer_pb2.AnalyzeRequest())

    assert (refused.value.code(), refused.value.details()) == (
        grpc.StatusCode.INVALID_ARGUMENT,
        "not like this",
    )
    running.cancel()


def test_a_policy_pack_that_fails_to_start_is_reported_as_such(
    start_host: StartHost, project: Path, pack: pb.RunPluginRequest
) -> None:
    (project / "__main__.py").write_text("import sys; sys.exit('boom')")
    running = start_host().stub.RunPlugin(pack)

    with pytest.raises(grpc.RpcError) as refused:
        analyzer(running).GetAnalyzerInfo(Empty())

    assert refused.value.details() == "the policy pack ended at its start"
    assert list(running)[-1] == pb.RunPluginResponse(exitcode=1)
