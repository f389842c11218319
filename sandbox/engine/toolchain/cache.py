"""
Every program of the table, found on PATH or built once into a cache outside the checkout.

A build runs under a lock, in a folder of its own that is renamed when it is complete: a killed
build leaves nothing incomplete, and two runs never build the same program at once.
"""

import os
import re
import shutil
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import psutil
from filelock import FileLock, Timeout

from sandbox.engine.toolchain import builders
from sandbox.engine.toolchain.programs import TABLE, Program, read_programs
from sandbox.engine.toolchain.progress import say, working

_GIB = 1024**3
_DISK_GIB = 6  # the growth of Go's module and build caches, with a reserve
_MEMORY_GIB = 2  # the memory for linking the CLI, with a reserve

_NO_REGISTRY = (
    r"no such host|dial tcp|connection refused|i/o timeout|TLS handshake|NewConnectionError|"
    r"Max retries exceeded|name resolution|timed out"
)
_CAUSES = (
    (r"no space left on device", "the disk is full: free some space and run again"),
    (
        r"signal: killed|Killed",
        "the system killed it because memory ran out: close another program",
    ),
    (_NO_REGISTRY, "a package registry does not answer: check the network and the proxy settings"),
    (
        r"SECURITY ERROR|DO NOT MATCH THE HASHES|not the pinned ones",
        "the download is not the pinned one: do not run it, and report it to the maintainers",
    ),
)


class ToolchainError(Exception):
    """A program is not available; the message is one sentence with the remedy."""


class Toolchain:
    """The programs of the table, by name."""

    def __init__(self, cache: Path | None = None, table: Path = TABLE) -> None:
        """Use *cache*, or the user's own cache folder, for the programs of *table*."""
        home = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
        self.cache = cache or home / "waqiti-sandbox"
        self.programs: Mapping[str, Program] = read_programs(table)
        # The programs that `build` has not started yet, and the number of all that it builds.
        self._later: list[Program] = []
        self._count = 0

    def executable(self, name: str) -> Path:
        """Return a program's executable: the user's own if it is new enough, else a built one."""
        program = self.programs[name]
        if program.on_path is not None and (own := _own(program)) is not None:
            return own
        built = self.folder(name)
        source = program.wheel or program.packages or program.go or program.npm
        if source is None:
            raise TypeError(f"{name} is no single executable")
        return built / source.executable

    def folder(self, name: str) -> Path:
        """Return the folder of a program; build it if it is missing."""
        program = self.programs[name]
        folder = self.cache / program.identity
        if not folder.exists():
            with self._lock(program):
                if not folder.exists():
                    self._build(program, folder)
        return folder

    def build(self, *, tests: bool) -> None:
        """Build each program that is missing; those that only tests need on request."""
        self._later = [
            program
            for program in self.programs.values()
            if (tests or not program.only_tests) and self._is_missing(program)
        ]
        self._count = len(self._later)
        while self._later:
            self.folder(self._later.pop(0).name)
        self._count = 0

    def _is_missing(self, program: Program) -> bool:
        return not (self.cache / program.identity).exists() and _own(program) is None

    @contextmanager
    def _lock(self, program: Program) -> Iterator[None]:
        self.cache.mkdir(parents=True, exist_ok=True)
        lock = FileLock(self.cache / f"{program.name}.lock")
        try:
            lock.acquire(timeout=0)
        except Timeout:
            say(f"waiting: another run is building {program.name}")
            lock.acquire()
        try:
            yield
        finally:
            lock.release()

    def _build(self, program: Program, folder: Path) -> None:
        for half in self.cache.glob(f"{program.name}-*.building"):
            shutil.rmtree(half)
        tool = Path()
        if program.go or program.module_files:
            tool = self.executable("go")
        elif program.npm:
            tool = self.executable("node")
        self._require_room(program)
        building = folder.with_name(f"{folder.name}.building")
        log = self.cache / f"{program.name}.log"
        log.unlink(missing_ok=True)
        building.mkdir()
        started = time.monotonic()
        try:
            later = sum(self._expected_seconds(other) for other in self._later)
            with working(self._title(program), self._expected_seconds(program), later):
                _make(program, tool, building, log)
        except (subprocess.CalledProcessError, OSError, ValueError, RuntimeError) as error:
            raise ToolchainError(_explain(program, error, log)) from None
        else:
            building.rename(folder)
        finally:
            shutil.rmtree(building, ignore_errors=True)
        seconds = round(time.monotonic() - started)
        self._last_time(program).write_text(str(max(seconds, 1)))
        say(f"built {program.name} {program.version} in {seconds} s")

    def _title(self, program: Program) -> str:
        number = self._count - len(self._later)
        place = f", {number} of {self._count}" if self._count else ""
        return f"building {program.name} {program.version}{place}"

    def _expected_seconds(self, program: Program) -> int:
        last_time = self._last_time(program)
        return int(last_time.read_text()) if last_time.exists() else program.seconds

    def _last_time(self, program: Program) -> Path:
        return self.cache / f"{program.name}.seconds"

    def _require_room(self, program: Program) -> None:
        free = shutil.disk_usage(self.cache).free / _GIB
        if free < _DISK_GIB:
            raise ToolchainError(
                f"building {program.name} needs {_DISK_GIB} GiB of disk, {free:.1f} GiB are free "
                f"at {self.cache}: free some space, or set XDG_CACHE_HOME to another disk"
            )
        memory = psutil.virtual_memory().available / _GIB
        if memory < _MEMORY_GIB:
            raise ToolchainError(
                f"building {program.name} needs {_MEMORY_GIB} GiB of memory, {memory:.1f} GiB are "
                "free: close something and run again"
            )


def _make(program: Program, tool: Path, into: Path, log: Path) -> None:
    if program.wheel is not None:
        builders.install_wheel(program.wheel, program.version, into, log)
    elif program.packages is not None:
        builders.install_packages(program.folder / "requirements.txt", into, log)
    elif program.go is not None:
        builders.build_go(program.go, program.folder, tool, into, log)
    elif program.jars:
        builders.download_jars(program, into)
    elif program.npm is not None:
        builders.install_npm(program, tool, into, log)
    builders.copy_module_files(program, tool, into, log)


def _own(program: Program) -> Path | None:
    if program.on_path is None:
        return None
    command = program.on_path.command
    found = shutil.which(command[0])
    if found is None:
        return None
    done = subprocess.run(
        [found, *command[1:]], capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL
    )
    version = re.search(r"\d+(\.\d+)*", done.stdout)
    if (
        done.returncode
        or version is None
        or _numbers(version[0]) < _numbers(program.on_path.at_least)
    ):
        return None
    return Path(found)


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))


def _explain(program: Program, error: Exception, log: Path) -> str:
    output = f"{error}\n{log.read_text() if log.exists() else ''}"
    for pattern, sentence in _CAUSES:
        if re.search(pattern, output):
            return f"{program.name} {program.version} cannot be built: {sentence} (log: {log})"
    last = "; ".join(output.strip().splitlines()[-3:])
    return f"{program.name} {program.version} cannot be built: {last} (log: {log})"
