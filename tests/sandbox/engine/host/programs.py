"""Programs and environments as a language host finds them."""

import venv
from collections.abc import Mapping
from pathlib import Path

from google.protobuf.json_format import ParseDict
from pulumi.runtime.proto import language_pb2 as pb


def virtualenv(folder: Path, packages: Mapping[str, str] | None = None) -> Path:
    """Create a virtual environment with the files *packages* (path: text)."""
    venv.create(folder, with_pip=False, symlinks=True)
    (site_packages,) = folder.glob("lib/python*/site-packages")
    for name, text in (packages or {}).items():
        file = site_packages / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    return folder


def program(folder: Path, **options: object) -> pb.ProgramInfo:
    """Return a program's description as the engine sends it."""
    info = pb.ProgramInfo(
        root_directory=str(folder), program_directory=str(folder), entry_point="."
    )
    ParseDict(options, info.options)
    return info


def command(folder: Path, name: str, script: str) -> Path:
    """Put an executable of the test on a minimal PATH."""
    folder.mkdir(exist_ok=True)
    file = folder / name
    file.write_text(f"#!/bin/sh\n{script}")
    file.chmod(0o755)
    return file
