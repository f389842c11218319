import asyncio
import os
import re
from pathlib import Path

import pytest

from sandbox.engine.host.processes import RefusedError
from sandbox.engine.host.toolchains import Toolchain, resolve
from tests.sandbox.engine.host.programs import command, program, virtualenv


@pytest.fixture(autouse=True)
def _nothing_set(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("PULUMI_PYTHON_CMD", "PYTHONHOME", "UV_PROJECT_ENVIRONMENT", "VIRTUAL_ENV"):
        monkeypatch.delenv(name, raising=False)
    command(tmp_path / "bin", "uv", "exit 0")
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))


def test_a_virtual_environment_is_relative_to_pulumi_yaml(tmp_path: Path) -> None:
    info = program(tmp_path, toolchain="pip", virtualenv="venv")
    info.program_directory = str(tmp_path / "infra")

    assert resolve(info) == Toolchain(
        name="pip", folder=tmp_path / "infra", virtualenv=tmp_path / "venv"
    )


def test_an_absolute_virtual_environment_is_used_unchanged(tmp_path: Path) -> None:
    toolchain = resolve(program(tmp_path / "project", virtualenv=str(tmp_path / "shared")))

    assert toolchain.python == str(tmp_path / "shared/bin/python")


@pytest.mark.parametrize(
    ("installed", "named", "found"),
    [
        (["python", "python3"], "", "python3"),
        (["python"], "", "python"),
        (["python3", "python3.12"], "python3.12", "python3.12"),
    ],
)
def test_without_a_virtual_environment_paths_python_is_used(
    installed: list[str],
    named: str,
    found: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in installed:
        command(tmp_path / "bin", name, "")
    monkeypatch.setenv("PULUMI_PYTHON_CMD", named)

    assert resolve(program(tmp_path)).python == str(tmp_path / "bin" / found)


def test_a_machine_without_python_is_reported(tmp_path: Path) -> None:
    with pytest.raises(
        RefusedError, match=re.escape("failed to locate any of ['python3', 'python'] on your PATH")
    ):
        _ = resolve(program(tmp_path)).python


def test_a_plugin_never_runs_on_paths_python(tmp_path: Path) -> None:
    assert resolve(program(tmp_path), plugin=True).virtualenv == tmp_path / "venv"


@pytest.mark.parametrize(
    ("files", "variable", "place"),
    [
        (["uv.lock", "infra/pyproject.toml"], "", ".venv"),
        (["pyproject.toml"], "", ".venv"),
        ([], "", "infra/.venv"),
        (["uv.lock"], "elsewhere", "elsewhere"),
    ],
)
def test_uvs_environment_is_beside_the_nearest_project(
    files: list[str],
    variable: str,
    place: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    (tmp_path / "infra").mkdir()
    for file in files:
        (tmp_path / file).touch()
    if variable:
        monkeypatch.setenv("UV_PROJECT_ENVIRONMENT", variable)

    assert resolve(program(tmp_path / "infra", toolchain="uv")).virtualenv == tmp_path / place


def test_a_uv_lock_chooses_uv(tmp_path: Path) -> None:
    (tmp_path / "uv.lock").touch()

    assert resolve(program(tmp_path / "infra")).name == "uv"


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (
            {"toolchain": "hatch"},
            "unsupported toolchain option: hatch (the sandbox's language host knows pip and uv)",
        ),
        (
            {"typechecker": "mypy"},
            (
                "unsupported typechecker option: mypy "
                "(the sandbox's language host runs no type checker)"
            ),
        ),
        ({"virtualenv": 3}, "virtualenv option must be a string"),
        ({"toolchain": ["pip"]}, "toolchain option must be a string"),
    ],
)
def test_unsupported_options_are_refused(
    options: dict[str, object], sentence: str, tmp_path: Path
) -> None:
    with pytest.raises(RefusedError, match=f"^{re.escape(sentence)}$"):
        resolve(program(tmp_path, **options))


def test_a_project_with_a_poetry_lock_is_refused(tmp_path: Path) -> None:
    (tmp_path / "poetry.lock").touch()

    with pytest.raises(RefusedError, match="unsupported toolchain option: poetry"):
        resolve(program(tmp_path))


def test_a_machine_without_uv_is_reported(tmp_path: Path) -> None:
    (tmp_path / "bin/uv").unlink()

    with pytest.raises(RefusedError, match="could not find `uv`: install it"):
        resolve(program(tmp_path, toolchain="uv"))


def test_a_virtual_environment_is_activated(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONHOME", "/usr")
    monkeypatch.setenv("VIRTUAL_ENV", "/another")
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONHOME"}

    assert resolve(program(tmp_path, virtualenv="venv")).environment() == kept | {
        "PATH": f"{tmp_path}/venv/bin:{tmp_path}/bin",
        "VIRTUAL_ENV": f"{tmp_path}/venv",
    }


def test_without_a_virtual_environment_nothing_is_activated(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONHOME", "/usr")

    assert resolve(program(tmp_path)).environment() == dict(os.environ)


@pytest.mark.parametrize(("made", "state"), [(False, "doesn't exist"), (True, "isn't one")])
def test_a_missing_virtual_environment_is_reported_with_the_remedy(
    made: bool,  # noqa: FBT001 - a parameter
    state: str,
    tmp_path: Path,
) -> None:
    if made:
        (tmp_path / "venv").mkdir()
    sentence = (
        f"'{tmp_path}/venv', the virtual environment that Pulumi.yaml asks for, {state}; "
        "run `pulumi install` to create it and install the dependencies into it"
    )

    with pytest.raises(RefusedError, match=f"^{re.escape(sentence)}$"):
        asyncio.run(resolve(program(tmp_path, virtualenv="venv")).ready())


def test_uv_updates_its_environment_first(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").touch()
    virtualenv(tmp_path / ".venv")
    command(tmp_path / "bin", "uv", 'echo "$PWD $UV_PROJECT_ENVIRONMENT $*" > synced')

    asyncio.run(resolve(program(tmp_path, toolchain="uv")).ready())

    assert (tmp_path / "synced").read_text() == f"{tmp_path} {tmp_path}/.venv sync --inexact\n"


def test_the_error_of_uv_is_reported(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").touch()
    command(tmp_path / "bin", "uv", "echo 'No solution found' >&2; exit 1")

    with pytest.raises(
        RefusedError, match=re.escape("`uv sync --inexact` failed: No solution found")
    ):
        asyncio.run(resolve(program(tmp_path, toolchain="uv")).ready())
