from pathlib import Path

import grpc
import pytest
from pulumi.runtime.proto import language_pb2 as pb

from tests.engine.host.conftest import StartHost
from tests.engine.host.running import Host, output_of
from tests.sandbox.engine.host.programs import command, program

# A fake Python: it creates an environment with a copy of itself, and prints its arguments.
PYTHON = """
if [ "$2" = venv ]; then /bin/mkdir -p "$3/bin"; /bin/cp "$0" "$3/bin/python"; fi
echo "$(/usr/bin/basename "$0") $*"
echo complaint >&2
"""
BUILDABLE = '[project]\nname = "gadget"\n[build-system]\nbuild-backend = "hatchling.build"\n'


def lines(*texts: str) -> str:
    return "".join(f"{text}\n" for text in texts)


def test_pip_creates_and_fills_an_environment(start_host: StartHost, tmp_path: Path) -> None:
    command(tmp_path / "bin", "python3", PYTHON)
    (tmp_path / "requirements.txt").touch()
    host = start_host(PATH=str(tmp_path / "bin"))
    request = pb.InstallDependenciesRequest(
        info=program(tmp_path, toolchain="pip", virtualenv="venv")
    )
    python = f"{tmp_path}/venv/bin/python"

    assert output_of(host.stub.InstallDependencies(request)) == [
        lines(
            f"$ {tmp_path}/bin/python3 -m venv {tmp_path}/venv",
            f"python3 -m venv {tmp_path}/venv",
            f"$ {python} -m pip install --upgrade pip setuptools wheel",
            "python -m pip install --upgrade pip setuptools wheel",
            f"$ {python} -m pip install -r requirements.txt",
            "python -m pip install -r requirements.txt",
        ),
        "complaint\n" * 3,
    ]


def test_an_existing_environment_is_not_recreated(start_host: StartHost, tmp_path: Path) -> None:
    command(tmp_path / "bin", "python3", PYTHON)
    (tmp_path / "venv").mkdir()
    command(tmp_path / "venv/bin", "python", PYTHON)
    host = start_host(PATH=str(tmp_path / "bin"))
    request = pb.InstallDependenciesRequest(info=program(tmp_path, virtualenv="venv"))
    stdout, _ = output_of(host.stub.InstallDependencies(request))

    assert stdout == lines(
        f"$ {tmp_path}/venv/bin/python -m pip install --upgrade pip setuptools wheel",
        "python -m pip install --upgrade pip setuptools wheel",
    )


def test_a_plugin_that_is_a_package_is_installed(start_host: StartHost, tmp_path: Path) -> None:
    command(tmp_path / "bin", "python3", PYTHON)
    (tmp_path / "pyproject.toml").write_text(BUILDABLE)
    host = start_host(PATH=str(tmp_path / "bin"))
    request = pb.InstallDependenciesRequest(info=program(tmp_path), is_plugin=True)

    stdout, _ = output_of(host.stub.InstallDependencies(request))

    assert stdout.endswith(f"python -m pip install {tmp_path}\n")


def test_uv_syncs_the_environment(start_host: StartHost, tmp_path: Path) -> None:
    command(tmp_path / "bin", "uv", 'echo "$PWD $UV_PROJECT_ENVIRONMENT $*"')
    host = start_host(PATH=str(tmp_path / "bin"))
    request = pb.InstallDependenciesRequest(
        info=program(tmp_path, toolchain="uv", virtualenv="envs/one")
    )

    assert output_of(host.stub.InstallDependencies(request)) == [
        lines("$ uv sync", f"{tmp_path} {tmp_path}/envs/one sync"),
        "",
    ]


def test_a_failed_installation_names_the_command(start_host: StartHost, tmp_path: Path) -> None:
    command(tmp_path / "bin", "uv", "exit 2")
    host = start_host(PATH=str(tmp_path / "bin"))
    request = pb.InstallDependenciesRequest(info=program(tmp_path, toolchain="uv"))

    with pytest.raises(grpc.RpcError) as refused:
        output_of(host.stub.InstallDependencies(request))

    assert refused.value.details() == "`uv sync` ended with exit code 2"


def test_installing_a_python_version_is_refused(idle_host: Host, tmp_path: Path) -> None:
    request = pb.InstallDependenciesRequest(info=program(tmp_path), use_language_version_tools=True)

    with pytest.raises(grpc.RpcError) as refused:
        output_of(idle_host.stub.InstallDependencies(request))

    assert (
        refused.value.details() == "the sandbox's language host installs no Python, only packages"
    )
