"""Builders for each kind of source; every function puts the program into the folder *into*."""

import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from jgo.maven import MavenContext
from jgo.parse import Coordinate

from sandbox.engine.toolchain.programs import GoBuild, Program, Wheel


def install_wheel(wheel: Wheel, version: str, into: Path, log: Path) -> None:
    """Unpack a wheel with a pinned hash, outside our own environment."""
    requirement = into / "requirement.txt"
    requirement.write_text(f"{wheel.name}=={version} --hash=sha256:{wheel.sha256}\n")
    install_packages(requirement, into, log)


def install_packages(requirements: Path, into: Path, log: Path) -> None:
    """Install what a file lists with its hashes, outside our own environment."""
    pip = [
        sys.executable,
        "-m",
        "pip",
        "install",
        "--no-deps",
        "--require-hashes",
        "--no-cache-dir",
    ]
    _run([*pip, "--target", str(into), "--requirement", str(requirements)], into, log)


def build_go(build: GoBuild, folder: Path, go: Path, into: Path, log: Path) -> None:
    """Build Go programs with exactly the modules of their `go.sum`."""
    linker = ["-s", "-w", *(f"-X {name}={value}" for name, value in build.variables.items())]
    flags = ["-mod=readonly", "-trimpath", "-tags", build.tags, "-ldflags", " ".join(linker)]
    overlay = into / "overlay.json"
    if build.embeds:
        overlay.write_text(json.dumps({"Replace": _embedded(build, folder, go, log)}))
        flags += ["-overlay", str(overlay)]
    # A profile would compile packages again for each program that shares them.
    command = [str(go), "build", "-pgo=off", *flags, "-o"]
    _run([*command, str(into / build.executable), build.package], folder, log)
    if build.also:
        _run([*command, f"{into}/", *build.also], folder, log)
    overlay.unlink(missing_ok=True)


def copy_module_files(program: Program, go: Path, into: Path, log: Path) -> None:
    """Copy files out of Go modules that `go.sum` pins; scripts are made executable."""
    for module, paths in program.module_files.items():
        source = _module(module, program.folder, go, log)
        for path in paths:
            content = (source / path).read_bytes()
            copy = into / Path(path).name
            copy.write_bytes(content)
            copy.chmod(0o755 if content.startswith(b"#!") else 0o644)


def _embedded(build: GoBuild, folder: Path, go: Path, log: Path) -> Mapping[str, str]:
    return {
        str(folder.resolve() / Path(path).name): str(_module(module, folder, go, log) / path)
        for module, paths in build.embeds.items()
        for path in paths
    }


def _module(module: str, folder: Path, go: Path, log: Path) -> Path:
    output = _run([str(go), "mod", "download", "-json", module], folder, log)
    return Path(json.loads(output)["Dir"])


def download_jars(program: Program, into: Path) -> None:
    """
    Resolve jars and their dependencies, and verify each against its pinned hash.

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


def install_npm(program: Program, node: Path, into: Path, log: Path) -> None:
    """Install packages by the hashes of their lock, without install scripts."""
    for name in ("package.json", "package-lock.json"):
        shutil.copy(program.folder / name, into)
    npm = node.parents[1] / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    flags = ["--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier"]
    # Without this, npm in a wheel does not find the machine's settings, such as a registry.
    flags.append("--globalconfig=/etc/npmrc")
    _run([str(node), str(npm), "ci", *flags], into, log)


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
