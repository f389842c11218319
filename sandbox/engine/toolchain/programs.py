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
    """The command that prints the version of the user's own program, and the oldest that works."""

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
        executable: The file name of the program.
        also: Packages whose programs stand beside it, each named like its folder.
        tags: Build tags, comma-separated.
        variables: Package variables that the linker sets (`-X`).
        embeds: Files that our `main.go` embeds, by module; the build sees them beside it.
    """

    package: str
    executable: str
    also: tuple[str, ...] = ()
    tags: str = ""
    variables: Mapping[str, str] = {}
    embeds: Mapping[str, tuple[str, ...]] = {}


class Packages(_Strict):
    """Packages of PyPI outside our own environment; `requirements.txt` is in the folder."""

    executable: str


class NpmPackage(_Strict):
    """A package of npm; its `package.json` and `package-lock.json` are in the program's folder."""

    executable: str


class Program(_Strict):
    """
    One entry of the table.

    Args:
        name: Its name.
        folder: The folder of its recipe's files, if it has any.
        version: The pinned version.
        seconds: The duration of a cold build.
        only_tests: Whether no sandbox needs it, only tests.
        on_path: How to find the user's own.
        wheel: From PyPI.
        packages: From PyPI, with what they need.
        go: From Go modules.
        jars: From Maven.
        npm: From npm.
        module_files: Files copied out of Go modules, by module: beside a program, or alone.
    """

    name: str
    folder: Path
    version: str
    seconds: int = Field(gt=0)
    only_tests: bool = False
    on_path: OnPath | None = None
    wheel: Wheel | None = None
    packages: Packages | None = None
    go: GoBuild | None = None
    jars: tuple[str, ...] = ()
    npm: NpmPackage | None = None
    module_files: Mapping[str, tuple[str, ...]] = {}

    @model_validator(mode="after")
    def _has_one_source(self) -> Self:
        sources = sum(map(bool, (self.wheel, self.packages, self.go, self.jars, self.npm)))
        if sources > 1 or not (sources or self.module_files):
            raise ValueError(
                "a program has exactly one of: wheel, packages, go, jars, npm, module_files"
            )
        return self

    @property
    def identity(self) -> str:
        """Return name, version, and a hash of every file of ours that the build reads."""
        recipe = hashlib.sha256(
            self.model_dump_json(
                exclude={"seconds", "only_tests", "on_path", "folder"}, exclude_defaults=True
            ).encode()
        )
        for path in sorted(path for path in self.folder.rglob("*") if path.is_file()):
            name = str(path.relative_to(self.folder))
            recipe.update(name.encode() + b"\0" + path.read_bytes())
        return f"{self.name}-{self.version}-{recipe.hexdigest()[:12]}"


def read_programs(table: Path = TABLE) -> Mapping[str, Program]:
    """Read a table of programs, by name; paths in it start beside it."""
    entries = yaml.load(table.read_text(encoding="utf-8"), yaml.CSafeLoader)
    for entry in entries.values():
        if "folder" in entry:
            entry["folder"] = table.parent / entry["folder"]
    return {
        name: Program(name=name, **{"folder": table.parent / name, **entry})
        for name, entry in entries.items()
    }
