"""`pulumi package add` for a Python program: generate the SDK, and add it to the requirements."""

import os
from pathlib import Path

from pulumi.runtime.proto import language_pb2 as pb

from sandbox.engine.host.processes import RefusedError, answer
from sandbox.engine.host.toolchains import resolve

GENERATOR = "pulumi-python-sdk"


async def generate(request: pb.GeneratePackageRequest, programs: Path) -> None:
    """Write the SDK of the requested schema; the generator is in the folder *programs*."""
    if request.extra_files:
        raise RefusedError(
            "the sandbox's language host generates no SDK with overlays: omit `--overlays`"
        )
    command = [str(programs / GENERATOR), request.directory, request.loader_target]
    await answer(command, environment=os.environ, question=request.schema.encode())


def link(request: pb.LinkRequest) -> str:
    """Add the generated SDKs to the program's requirements; return how to import them."""
    toolchain = resolve(request.info)
    if toolchain.name != "pip":
        raise RefusedError(
            f"the sandbox's language host links no package with {toolchain.name}: "
            f"run `{toolchain.name} add {request.packages[0].path}`"
        )
    requirements = toolchain.folder / "requirements.txt"
    lines = requirements.read_text("utf-8").splitlines() if requirements.exists() else []
    missing = [dependency.path for dependency in request.packages if dependency.path not in lines]
    requirements.write_text("".join(f"{line}\n" for line in [*lines, *missing]), encoding="utf-8")
    imports = [
        f"  import {module.parent.name} as {dependency.package.name}"
        for dependency in request.packages
        for module in (toolchain.folder / dependency.path).glob("*/__init__.py")
    ]
    return "\n".join(["You can import the SDK in your Python code with:", "", *imports, ""])
