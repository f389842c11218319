"""The Python that a program's options ask for, found where the released language host finds it."""

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from google.protobuf.json_format import MessageToDict
from pulumi.runtime.proto import language_pb2 as pb

from sandbox.engine.host.processes import RefusedError, answer

_KNOWN = ("pip", "uv")


@dataclass(frozen=True, kw_only=True)
class Toolchain:
    """
    The Python of a program, and the tool that installs its packages.

    Args:
        name: `pip` or `uv`.
        folder: The folder of the program.
        virtualenv: Its virtual environment; without one, the Python on PATH is used.
    """

    name: str
    folder: Path
    virtualenv: Path | None

    @property
    def python(self) -> str:
        return str(self.virtualenv / "bin" / "python") if self.virtualenv else ambient_python()

    def environment(self) -> dict[str, str]:
        """Activate the virtual environment, as its own script would."""
        inherited = dict(os.environ)
        if not self.virtualenv:
            return inherited
        inherited.pop("PYTHONHOME", None)
        path = [str(self.virtualenv / "bin"), *filter(None, [inherited.get("PATH")])]
        return inherited | {"PATH": os.pathsep.join(path), "VIRTUAL_ENV": str(self.virtualenv)}

    def uv_environment(self) -> dict[str, str]:
        return os.environ | {"UV_PROJECT_ENVIRONMENT": str(self.virtualenv)}

    async def ready(self) -> "Toolchain":
        """
        Ensure that the Python exists.

        The released host fills a missing pip environment here, in the middle of a preview; this one
        leaves downloads to `pulumi install`.
        """
        if self.name == "uv" and nearest(self.folder, "pyproject.toml"):
            # Inexact, as with `uv run`: packages that the user added stay.
            sync = ["uv", "sync", "--inexact"]
            await answer(sync, environment=self.uv_environment(), folder=self.folder)
        self._check()
        return self

    def _check(self) -> None:
        if self.virtualenv and not Path(self.python).is_file():
            state = "isn't one" if self.virtualenv.exists() else "doesn't exist"
            raise RefusedError(
                f"'{self.virtualenv}', the virtual environment that Pulumi.yaml asks for, {state}; "
                "run `pulumi install` to create it and install the dependencies into it"
            )


def resolve(info: pb.ProgramInfo, *, plugin: bool = False) -> Toolchain:
    """Read a program's options; a *plugin* never runs on PATH's Python."""
    root, folder = Path(info.root_directory), Path(info.program_directory)
    name = _option(info, "toolchain") or _locked_by(folder)
    virtualenv = _option(info, "virtualenv")
    if name not in _KNOWN:
        raise RefusedError(
            f"unsupported toolchain option: {name} "
            f"(the sandbox's language host knows {' and '.join(_KNOWN)})"
        )
    if typechecker := _option(info, "typechecker"):
        raise RefusedError(
            f"unsupported typechecker option: {typechecker} "
            "(the sandbox's language host runs no type checker)"
        )
    if name == "uv" and not shutil.which("uv"):
        raise RefusedError("could not find `uv`: install it and make sure it is in your PATH")
    if name == "uv" and not virtualenv:
        return Toolchain(name=name, folder=folder, virtualenv=_uv_default(folder))
    if plugin:
        virtualenv = virtualenv or "venv"
    return Toolchain(name=name, folder=folder, virtualenv=root / virtualenv if virtualenv else None)


def ambient_python() -> str:
    """Find the Python on the PATH of the engine, which is not this host's."""
    named = os.environ.get("PULUMI_PYTHON_CMD")
    candidates = [named] if named else ["python3", "python"]
    for found in filter(None, map(shutil.which, candidates)):
        return found
    raise RefusedError(f"failed to locate any of {candidates} on your PATH: install Python")


def nearest(folder: Path, name: str) -> Path | None:
    """Find the folder that has a file called *name*: this one, or the closest above it."""
    return next((place for place in (folder, *folder.parents) if (place / name).exists()), None)


def _option(info: pb.ProgramInfo, name: str) -> str:
    value = MessageToDict(info.options).get(name, "")
    if not isinstance(value, str):
        raise RefusedError(f"{name} option must be a string")
    return value


def _locked_by(folder: Path) -> str:
    return next((name for name in ("uv", "poetry") if nearest(folder, f"{name}.lock")), "pip")


def _uv_default(folder: Path) -> Path:
    project = nearest(folder, "uv.lock") or nearest(folder, "pyproject.toml") or folder
    return project / os.environ.get("UV_PROJECT_ENVIRONMENT", ".venv")
