"""The table of programs, `programs.yaml`, and the recipe that identifies each build."""

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Self

import yaml
from pydantic import BaseModel, ConfigDict, Field, model_validator

TABLE = Path(__file__).parent / "programs.yaml"


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class OnPath(_Strict):
    """How a program that the user already has tells its version, and the oldest that will do."""

    command: tuple[str, ...]
    at_least: str


class Wheel(_Strict):
    """A program that a PyPI wheel carries; `executable` is its path inside the wheel."""

    name: str
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    executable: str


class GoBuild(_Strict):
    """
    A program built from Go modules, whose `go.mod` and `go.sum` are in the program's folder.

    Args:
        package: What to build: an import path, or `.` for a `main.go` of our own.
        tags: Build tags, comma-separated.
        variables: Package variables that the linker sets (`-X`).
        executable: The file name of the program.
        module: The module that `module_files` are copied from, to stand beside the program.
        module_files: Paths inside the module; each is made executable.
    """

    package: str
    executable: str
    tags: str = ""
    variables: Mapping[str, str] = {}
    module: str | None = None
    module_files: tuple[str, ...] = ()


class Program(_Strict):
    """One entry of the table; `folder` holds the files of its recipe, if it has any."""

    name: str
    folder: Path
    version: str
    seconds: int = Field(gt=0)
    on_path: OnPath | None = None
    wheel: Wheel | None = None
    go: GoBuild | None = None
    jars: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _has_one_source(self) -> Self:
        if sum(map(bool, (self.wheel, self.go, self.jars))) != 1:
            raise ValueError("a program comes from exactly one of: wheel, go, jars")
        return self

    @property
    def identity(self) -> str:
        """Name, version, and a hash over everything of ours that the build reads."""
        recipe = hashlib.sha256(
            self.model_dump_json(exclude={"seconds", "on_path", "folder"}).encode()
        )
        for path in sorted(path for path in self.folder.rglob("*") if path.is_file()):
            name = str(path.relative_to(self.folder))
            recipe.update(name.encode() + b"\0" + path.read_bytes())
        return f"{self.name}-{self.version}-{recipe.hexdigest()[:12]}"


def read_programs(table: Path = TABLE) -> Mapping[str, Program]:
    """Read a table of programs, by name; paths in it start beside it."""
    entries = yaml.safe_load(table.read_text(encoding="utf-8"))
    for entry in entries.values():
        if "folder" in entry:
            entry["folder"] = table.parent / entry["folder"]
    return {
        name: Program(name=name, **{"folder": table.parent / name, **entry})
        for name, entry in entries.items()
    }
