"""`pulumi install` for a Python program: create its environment and install its packages."""

import asyncio
import shlex
import tomllib
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

from sandbox.engine.host.processes import RefusedError, child, read_output
from sandbox.engine.host.toolchains import Toolchain, ambient_python


async def install(
    toolchain: Toolchain, *, plugin: bool, stopping: asyncio.Event
) -> AsyncIterator[dict[str, bytes]]:
    """Install what the program needs, and a *plugin* that is a package; yield the output."""
    uses_uv = toolchain.name == "uv"
    for command in [["uv", "sync"]] if uses_uv else _with_pip(toolchain, plugin=plugin):
        yield {"stdout": f"$ {shlex.join(command)}\n".encode()}
        async with child(
            command,
            environment=toolchain.uv_environment() if uses_uv else toolchain.environment(),
            folder=str(toolchain.folder),
            stopping=stopping,
            output=PIPE,
        ) as process:
            async for piece in read_output(process):
                yield piece
            if code := await process.wait():
                raise RefusedError(f"`{shlex.join(command)}` ended with exit code {code}")


def buildable(folder: Path) -> str | None:
    """Name the package that *folder* can be built into, if any."""
    pyproject = folder / "pyproject.toml"
    described = tomllib.loads(pyproject.read_text("utf-8")) if pyproject.exists() else {}
    name: str | None = described.get("project", {}).get("name")
    return name if described.get("build-system", {}).get("build-backend") else None


def _with_pip(toolchain: Toolchain, *, plugin: bool) -> Iterator[list[str]]:
    # An existing environment may belong to another Python: do not recreate it.
    if toolchain.virtualenv and not Path(toolchain.python).exists():
        yield [ambient_python(), "-m", "venv", str(toolchain.virtualenv)]
    pip_install = [toolchain.python, "-m", "pip", "install"]
    yield [*pip_install, "--upgrade", "pip", "setuptools", "wheel"]
    if (toolchain.folder / "requirements.txt").exists():
        yield [*pip_install, "-r", "requirements.txt"]
    if plugin and buildable(toolchain.folder):
        yield [*pip_install, str(toolchain.folder)]
