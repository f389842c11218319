"""How a program is made from each kind of source; every function leaves it in the folder *into*."""

import hashlib
import os
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

from jgo.maven import MavenContext
from jgo.parse import Coordinate

from sandbox.toolchain.programs import GoBuild, Program, Wheel


def install_wheel(wheel: Wheel, version: str, into: Path, log: Path) -> None:
    """Unpack a wheel whose hash is pinned; nothing of it enters our own environment."""
    requirement = into / "requirement.txt"
    requirement.write_text(f"{wheel.name}=={version} --hash=sha256:{wheel.sha256}\n")
    pip = [
        sys.executable,
        "-m",
        "pip",
        "install",
        "--no-deps",
        "--require-hashes",
        "--no-cache-dir",
    ]
    _run([*pip, "--target", str(into), "--requirement", str(requirement)], into, log)


def build_go(build: GoBuild, folder: Path, go: Path, into: Path, log: Path) -> None:
    """Build a Go program exactly as its `go.sum` says."""
    linker = ["-s", "-w", *(f"-X {name}={value}" for name, value in build.variables.items())]
    flags = ["-mod=readonly", "-trimpath", "-tags", build.tags, "-ldflags", " ".join(linker)]
    output = ["-o", str(into / build.executable)]
    _run([str(go), "build", *flags, *output, build.package], folder, log)
    if build.module is not None:
        module = _run([str(go), "list", "-m", "-f", "{{.Dir}}", build.module], folder, log)
        for path in build.module_files:
            copy = into / Path(path).name
            shutil.copyfile(Path(module.strip()) / path, copy)
            copy.chmod(0o755)


def download_jars(program: Program, into: Path) -> None:
    """
    Resolve jars and what they need, and hold each against its pinned hash.

    Raises:
        ValueError: A jar is missing, unexpected, or not the one that was pinned.
    """
    maven = MavenContext(repo_cache=into / "repository")
    wanted = [
        maven.create_dependency(replace(Coordinate.parse(coordinates), scope="compile"))
        for coordinates in program.jars
    ]
    inputs, transitive = maven.resolver.resolve(wanted)
    for dependency in (*inputs, *(d for d in transitive if d.scope in {"compile", "runtime"})):
        jar = dependency.artifact.resolve()
        jar.rename(into / jar.name)
    shutil.rmtree(into / "repository")
    _verify(into, program.folder / "jars.sha256")


def _verify(folder: Path, pins: Path) -> None:
    found = {
        f"{hashlib.sha256(jar.read_bytes()).hexdigest()}  {jar.name}" for jar in folder.iterdir()
    }
    pinned = set(pins.read_text().splitlines())
    if found != pinned:
        differing = sorted(line.split()[1] for line in found ^ pinned)
        raise ValueError(f"these jars are not the pinned ones: {', '.join(differing)}")


def _run(command: list[str], folder: Path, log: Path) -> str:
    environment = os.environ | {"CGO_ENABLED": "0", "GOTOOLCHAIN": "local", "GOWORK": "off"}
    with log.open("a") as output:
        print("$", *command, file=output, flush=True)
        return subprocess.run(
            command,
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=output,
            text=True,
            check=True,
        ).stdout
