"""The packages of a program's interpreter, in the types of the protocol."""

import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from google.protobuf.json_format import ParseDict
from pulumi.runtime.proto import language_pb2 as pb
from pulumi.runtime.proto import plugin_pb2

from sandbox.engine.host.processes import answer
from sandbox.engine.host.toolchains import Toolchain

# These packages have no plugin, although their names suggest one.
_WITHOUT_PLUGIN = ("pulumi-policy", "pulumi-esc-sdk")

_VERSION = re.compile(
    r"(?P<release>\d+(\.\d+)*)((?P<phase>a|b|rc)(?P<number>\d+))?"
    r"(?P<post>\.post\d+)?(?P<dev>\.dev\d+)?"
)
_PHASES = {"a": "alpha", "b": "beta", "rc": "rc"}


async def interpreter(toolchain: Toolchain) -> list[str]:
    """Return path and version of the program's interpreter, which is not the host's."""
    question = "import sys; print(sys.executable, sys.version.split()[0], sep='\\n')"
    command = [toolchain.python, "-c", question]
    return (await answer(command, environment=toolchain.environment())).decode().splitlines()


async def installed(toolchain: Toolchain) -> list[dict[str, Any]]:
    """Return the packages of the program's interpreter."""
    command = [toolchain.python, str(Path(__file__).with_name("installed.py"))]
    found: list[dict[str, Any]] = json.loads(
        await answer(command, environment=toolchain.environment())
    )
    return found


def required(found: Sequence[dict[str, Any]]) -> list[plugin_pb2.PackageDependency]:
    """Name the plugins that the installed packages need."""
    return [
        dependency
        for package in found
        if package["plugin"] or package["name"].startswith("pulumi-")
        if package["name"] not in _WITHOUT_PLUGIN
        if (dependency := _dependency(package))
    ]


def dependencies(found: Sequence[dict[str, Any]], *, transitive: bool) -> list[pb.DependencyInfo]:
    """List packages; unless *transitive*, those that no other one requires."""
    indirect = {name for package in found for name in package["requires"]}
    return [
        pb.DependencyInfo(name=package["name"], version=package["version"])
        for package in found
        if transitive or package["name"] not in indirect
    ]


def plugin_version(package_version: str) -> str | None:
    """Translate a Python version into the plugin's semantic one, if it has an equivalent."""
    match = _VERSION.fullmatch(package_version)
    if not match:
        return None
    release = match["release"].split(".")
    release += ["0"] * (3 - len(release))
    phase = f"-{_PHASES[match['phase']]}.{match['number']}" if match["phase"] else ""
    build = ((match["post"] or "") + (match["dev"] or "")).replace(".", "")
    return ".".join(release) + phase + (f"+{build}" if build else "")


def _dependency(package: dict[str, Any]) -> plugin_pb2.PackageDependency | None:
    plugin: dict[str, Any] = package["plugin"] or {"resource": True}
    version = plugin.get("version") or plugin_version(package["version"])
    if not plugin.get("resource") or not version:
        return None
    dependency = {
        "kind": "resource",
        "name": plugin.get("name") or package["name"].removeprefix("pulumi-"),
        "version": f"v{version.removeprefix('v')}",
        "server": plugin.get("server"),
        "parameterization": plugin.get("parameterization"),
        "extension": plugin.get("extensionParameterization"),
    }
    return ParseDict(dependency, plugin_pb2.PackageDependency())
