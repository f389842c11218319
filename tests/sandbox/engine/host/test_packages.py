import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from pulumi.runtime.proto import language_pb2 as pb
from pulumi.runtime.proto import plugin_pb2

from sandbox.engine.host import packages
from sandbox.engine.host.toolchains import resolve
from tests.sandbox.engine.host.programs import program, virtualenv


def distribution(
    name: str, version: str, *requires: str, plugin: dict[str, Any] | None = None
) -> dict[str, str]:
    """The files of one installed distribution."""
    module = name.replace("-", "_")
    headers = [f"Name: {name}", f"Version: {version}", *(f"Requires-Dist: {r}" for r in requires)]
    files = {f"{module}-{version}.dist-info/METADATA": "\n".join([*headers, "", "A text."])}
    if plugin is not None:
        files |= {f"{module}/__init__.py": "", f"{module}/pulumi-plugin.json": json.dumps(plugin)}
    return files


def installed(folder: Path, *distributions: dict[str, str]) -> list[dict[str, Any]]:
    files = {name: text for files in distributions for name, text in files.items()}
    virtualenv(folder / "venv", files)
    toolchain = resolve(program(folder, virtualenv="venv"))
    return asyncio.run(packages.installed(toolchain))


@pytest.mark.parametrize(
    ("package_version", "plugin_version"),
    [
        ("1", "1.0.0"),
        ("3.12.3", "3.12.3"),
        ("1.2.3.4", "1.2.3.4"),
        ("1.2.3a4", "1.2.3-alpha.4"),
        ("1.2b1", "1.2.0-beta.1"),
        ("1.2.3rc4", "1.2.3-rc.4"),
        ("1.2.3.post4", "1.2.3+post4"),
        ("1.2.3.dev5", "1.2.3+dev5"),
        ("1.2.3a4.post5.dev6", "1.2.3-alpha.4+post5dev6"),
        ("1!2.3", None),
        ("2014b-final", None),
    ],
)
def test_a_python_version_is_converted_to_a_semantic_one(
    package_version: str, plugin_version: str | None
) -> None:
    assert packages.plugin_version(package_version) == plugin_version


def test_plugins_are_named_as_in_the_metadata_of_their_packages(tmp_path: Path) -> None:
    base = {"name": "terraform-provider", "version": "0.8.0", "resource": True}
    extension = {"name": "gadget", "version": "1.0.0", "value": "Z2FkZ2V0"}

    assert packages.required(
        installed(
            tmp_path,
            distribution("pulumi", "3.272.0"),
            distribution("pulumi-kafka", "3.12.3", plugin={"resource": True, "name": "kafka"}),
            distribution("pulumi_old.style", "1.4a2"),
            distribution(
                "acme-cloud", "9.9", plugin={"resource": True, "version": "2.0.0", "server": "acme"}
            ),
            distribution("pulumi-gadget", "1.0.0", plugin=base | {"parameterization": extension}),
            distribution("pulumi-policy", "1.21.0"),
            distribution("pulumi-library", "1.0.0", plugin={"resource": False}),
            distribution("pulumi-epoch", "1!2.0", plugin={"resource": True}),
            distribution("requests", "2.0"),
        )
    ) == [
        plugin_pb2.PackageDependency(
            kind="resource", name="acme-cloud", version="v2.0.0", server="acme"
        ),
        plugin_pb2.PackageDependency(
            kind="resource",
            name="terraform-provider",
            version="v0.8.0",
            parameterization=plugin_pb2.PackageParameterization(
                name="gadget", version="1.0.0", value=b"gadget"
            ),
        ),
        plugin_pb2.PackageDependency(kind="resource", name="kafka", version="v3.12.3"),
        plugin_pb2.PackageDependency(kind="resource", name="old-style", version="v1.4.0-alpha.2"),
    ]


def test_a_direct_dependency_is_one_that_no_other_package_requires(tmp_path: Path) -> None:
    found = installed(
        tmp_path,
        distribution("app", "1.0", "Some.Library>=2", "tests-only; extra == 'test'"),
        distribution("some-library", "2.1"),
        distribution("tests_only", "3.0"),
    )
    app, library, tests_only = (
        pb.DependencyInfo(name=name, version=version)
        for name, version in (("app", "1.0"), ("some-library", "2.1"), ("tests-only", "3.0"))
    )

    assert packages.dependencies(found, transitive=False) == [app, tests_only]
    assert packages.dependencies(found, transitive=True) == [app, library, tests_only]


def test_the_first_package_on_the_path_hides_later_ones(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    virtualenv(tmp_path / "other", distribution("app", "2.0"))
    (first,) = (tmp_path / "other").glob("lib/python*/site-packages")
    monkeypatch.setenv("PYTHONPATH", str(first))

    assert installed(tmp_path, distribution("app", "1.0")) == [
        {"name": "app", "version": "2.0", "requires": [], "plugin": None}
    ]
