from pathlib import Path

import grpc
import pytest
from pulumi.runtime.proto import language_pb2 as pb

from tests.host.conftest import StartHost
from tests.host.running import Host, command, program, said

# Stands for every Python: makes an environment with a copy of itself, and says what it was asked.
PYTHON = """
if [ "$2" = venv ]; then /bin/mkdir -p "$3/bin"; /bin/cp "$0" "$3/bin/python"; fi
echo "$(/usr/bin/basename "$0") $*"
echo complaint >&2
"""
BUILDABLE = '[project]\nname = "gadget"\n[build-system]\nbuild-backend = "hatchling.build"\n'


def lines(*texts: str) -> str:
    return "".join(f"{text}\n" for text in texts)


def test_pip_fills_an_environment_of_its_own(start_host: StartHost, tmp_path: Path) -> None:
    command(tmp_path / "bin", "python3", PYTHON)
    (tmp_path / "requirements.txt").touch()
    host = start_host(PATH=str(tmp_path / "bin"))
    request = pb.InstallDependenciesRequest(
        info=program(tmp_path, toolchain="pip", virtualenv="venv")
    )
    python = f"{tmp_path}/venv/bin/python"

    assert said(host.stub.InstallDependencies(request)) == [
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


def test_an_environment_that_exists_is_not_made_anew(start_host: StartHost, tmp_path: Path) -> None:
    command(tmp_path / "bin", "python3", PYTHON)
    (tmp_path / "venv").mkdir()
    command(tmp_path / "venv/bin", "python", PYTHON)
    host = start_host(PATH=str(tmp_path / "bin"))
    request = pb.InstallDependenciesRequest(info=program(tmp_path, virtualenv="venv"))
    stdout, _ = said(host.stub.InstallDependencies(request))

    assert stdout == lines(
        f"$ {tmp_path}/venv/bin/python -m pip install --upgrade pip setuptools wheel",
        "python -m pip install --upgrade pip setuptools wheel",
    )


def test_a_plugin_that_is_a_package_is_installed_itself(
    start_host: StartHost, tmp_path: Path
) -> None:
    command(tmp_path / "bin", "python3", PYTHON)
    (tmp_path / "pyproject.toml").write_text(BUILDABLE)
    host = start_host(PATH=str(tmp_path / "bin"))
    request = pb.InstallDependenciesRequest(info=program(tmp_path), is_plugin=True)

    stdout, _ = said(host.stub.InstallDependencies(request))

    assert stdout.endswith(f"python -m pip install {tmp_path}\n")


def test_uv_syncs(start_host: StartHost, tmp_path: Path) -> None:
    command(tmp_path / "bin", "uv", 'echo "$PWD $UV_PROJECT_ENVIRONMENT $*"')
    host = start_host(PATH=str(tmp_path / "bin"))
    request = pb.InstallDependenciesRequest(
        info=program(tmp_path, toolchain="uv", virtualenv="envs/one")
    )

    assert said(host.stub.InstallDependencies(request)) == [
        lines("$ uv sync", f"{tmp_path} {tmp_path}/envs/one sync"),
        "",
    ]


def test_a_failed_installation_names_the_command(start_host: StartHost, tmp_path: Path) -> None:
    command(tmp_path / "bin", "uv", "exit 2")
    host = start_host(PATH=str(tmp_path / "bin"))
    request = pb.InstallDependenciesRequest(info=program(tmp_path, toolchain="uv"))

    with pytest.raises(grpc.RpcError) as refused:
        said(host.stub.InstallDependencies(request))

    assert refused.value.details() == "`uv sync` ended with exit code 2"


def test_no_python_is_installed(idle_host: Host, tmp_path: Path) -> None:
    request = pb.InstallDependenciesRequest(info=program(tmp_path), use_language_version_tools=True)

    with pytest.raises(grpc.RpcError) as refused:
        said(idle_host.stub.InstallDependencies(request))

    assert (
        refused.value.details() == "the sandbox's language host installs no Python, only packages"
    )
