import json
import platform
from collections.abc import Callable
from importlib import metadata
from pathlib import Path

import grpc
import pytest
from google.protobuf.empty_pb2 import Empty
from pulumi.runtime.proto import language_pb2 as pb
from pulumi.runtime.proto import plugin_pb2

from sandbox.engine.host import program as program_runner
from tests.engine.host.conftest import StartHost
from tests.engine.host.running import ENGINE, Host
from tests.sandbox.engine.host.programs import program, virtualenv

REPORTER = """
import json, os, sys
print(json.dumps({
    "arguments": sys.argv[1:],
    "python": sys.executable,
    "environment": {name: os.environ.get(name) for name in (
        "PULUMI_CONFIG", "PULUMI_CONFIG_SECRET_KEYS", "VIRTUAL_ENV", "PATH", "PYTHONHOME", "KEPT"
    )},
}))
"""
SLEEPER = """
import os, time
try:
    print("up")
    time.sleep(60)
finally:
    print("cleaned up")
"""


def run_request(project: Path) -> pb.RunRequest:
    return pb.RunRequest(info=program(project, toolchain="pip", virtualenv="venv"))


def test_a_program_is_started_as_the_exec_script_expects(
    start_host: StartHost, project: Path
) -> None:
    host = start_host(REPORTER, PATH="/usr/bin:/bin", PYTHONHOME="/nowhere", KEPT="yes")
    request = run_request(project)
    request.MergeFrom(
        pb.RunRequest(
            monitor_address="127.0.0.1:2",
            project="waqiti",
            stack="local",
            organization="organization",
            pwd=str(project / "infra"),
            dryRun=True,
            parallel=16,
            config={"waqiti:replicas": "3", "waqiti:token": "x"},
            configSecretKeys=["waqiti:token"],
            args=["last"],
        )
    )

    assert host.stub.Run(request) == pb.RunResponse()
    assert json.loads(host.line()) == {
        "arguments": [
            *("--monitor", "127.0.0.1:2", "--engine", ENGINE, "--project", "waqiti"),
            *("--root_directory", str(project), "--stack", "local"),
            *("--pwd", str(project / "infra"), "--dry_run", "true", "--parallel", "16"),
            *("--organization", "organization", ".", "last"),
        ],
        "python": str(project / "venv/bin/python"),
        "environment": {
            "PULUMI_CONFIG": '{"waqiti:replicas": "3", "waqiti:token": "x"}',
            "PULUMI_CONFIG_SECRET_KEYS": '["waqiti:token"]',
            "VIRTUAL_ENV": str(project / "venv"),
            "PATH": f"{project}/venv/bin:/usr/bin:/bin",
            "PYTHONHOME": None,
            "KEPT": "yes",
        },
    }


def test_a_handshake_has_the_address_of_the_engine(start_host: StartHost, project: Path) -> None:
    host = start_host(REPORTER)
    host.stub.Handshake(pb.LanguageHandshakeRequest(engine_address="127.0.0.1:3"))
    host.stub.Run(run_request(project))

    assert json.loads(host.line())["arguments"][:2] == ["--engine", "127.0.0.1:3"]


@pytest.mark.parametrize(
    ("ending", "answer"),
    [
        ("", pb.RunResponse()),
        (f"sys.exit({program_runner.EXPLAINED})", pb.RunResponse(bail=True)),
        ("sys.exit(3)", pb.RunResponse(error="program exited with non-zero exit code: 3")),
        ("os.kill(os.getpid(), 9)", pb.RunResponse(error="program was ended by SIGKILL")),
    ],
)
def test_the_exit_of_a_program_is_reported_to_the_engine(
    ending: str, answer: pb.RunResponse, start_host: StartHost, project: Path
) -> None:
    host = start_host(f"import os, sys\n{ending}")

    assert host.stub.Run(run_request(project)) == answer


def test_output_is_streamed_while_the_program_runs(start_host: StartHost, project: Path) -> None:
    host = start_host(SLEEPER)
    running = host.stub.Run.future(run_request(project))

    assert host.line() == "up"
    assert not running.done()


def test_a_program_reads_nothing_from_the_engine(start_host: StartHost, project: Path) -> None:
    host = start_host("import sys; print(repr(sys.stdin.read()))")
    host.stub.Run(run_request(project), timeout=10)

    assert host.line() == "''"


def test_a_cancelled_program_cleans_up(start_host: StartHost, project: Path) -> None:
    host = start_host(SLEEPER)
    running = host.stub.Run.future(run_request(project))
    host.line()
    host.stub.Cancel(Empty())

    assert host.line() == "cleaned up"
    assert running.result() == pb.RunResponse(error="program was ended by SIGINT")


def test_a_program_ends_with_the_call_that_ran_it(start_host: StartHost, project: Path) -> None:
    host = start_host(SLEEPER)
    running = host.stub.Run.future(run_request(project))
    host.line()
    running.cancel()

    assert host.line() == "cleaned up"


@pytest.mark.parametrize(
    ("call", "request_type"),
    [
        ("Run", pb.RunRequest),
        ("GetRequiredPackages", pb.GetRequiredPackagesRequest),
        ("GetProgramDependencies", pb.GetProgramDependenciesRequest),
        ("About", pb.AboutRequest),
    ],
)
def test_every_call_answers_with_the_refusal(
    call: str, request_type: Callable[..., object], idle_host: Host, project: Path
) -> None:
    with pytest.raises(grpc.RpcError) as refused:
        getattr(idle_host.stub, call)(request_type(info=program(project, toolchain="hatch")))

    assert refused.value.details() == (
        "unsupported toolchain option: hatch (the sandbox's language host knows pip and uv)"
    )


def test_a_debugger_is_refused(idle_host: Host, project: Path) -> None:
    request = run_request(project)
    request.attach_debugger = True

    with pytest.raises(grpc.RpcError) as refused:
        idle_host.stub.Run(request)

    assert refused.value.details() == "the sandbox's language host starts no debugger"


def test_code_generation_is_refused(idle_host: Host) -> None:
    with pytest.raises(grpc.RpcError) as refused:
        idle_host.stub.GenerateProject(pb.GenerateProjectRequest())

    assert (refused.value.code(), refused.value.details()) == (
        grpc.StatusCode.UNIMPLEMENTED,
        "the sandbox's language host does not implement GenerateProject",
    )


def test_a_refusal_leaves_nothing_on_the_hosts_own_streams(
    start_host: StartHost, project: Path
) -> None:
    host = start_host()
    for refused in (
        host.stub.GenerateProject.future(pb.GenerateProjectRequest()),
        host.stub.About.future(pb.AboutRequest(info=program(project, toolchain="hatch"))),
    ):
        assert refused.exception()
    host.interrupt()

    assert host.left() == (0, "", "")


def test_packages_are_read_from_the_programs_own_interpreter(
    start_host: StartHost, project: Path
) -> None:
    headers = "Name: pulumi-kafka\nVersion: 3.12.3\n\n"
    virtualenv(project / "venv", {"pulumi_kafka-3.12.3.dist-info/METADATA": headers})
    host = start_host()
    info = program(project, toolchain="pip", virtualenv="venv")

    assert host.stub.GetRequiredPackages(
        pb.GetRequiredPackagesRequest(info=info)
    ) == pb.GetRequiredPackagesResponse(
        packages=[plugin_pb2.PackageDependency(kind="resource", name="kafka", version="v3.12.3")]
    )
    assert host.stub.GetProgramDependencies(
        pb.GetProgramDependenciesRequest(info=info)
    ) == pb.GetProgramDependenciesResponse(
        dependencies=[pb.DependencyInfo(name="pulumi-kafka", version="3.12.3")]
    )
    assert host.stub.About(pb.AboutRequest(info=info)) == pb.AboutResponse(
        executable=str(project / "venv/bin/python"),
        version=platform.python_version(),
        metadata={"toolchain": "Pip", "typechecker": "None"},
    )


def test_the_host_has_the_version_of_its_protocol(idle_host: Host) -> None:
    answer = idle_host.stub.GetPluginInfo(Empty())

    assert answer == plugin_pb2.PluginInfo(version=metadata.version("pulumi"))


def test_a_new_project_has_no_prompts(idle_host: Host) -> None:
    answer = idle_host.stub.RuntimeOptionsPrompts(pb.RuntimeOptionsRequest())

    assert answer == pb.RuntimeOptionsResponse()
