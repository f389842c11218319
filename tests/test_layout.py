"""The conventions of this repository, as tests."""

import ast
import re
import subprocess
import tomllib

import pytest

import components
import settings
from sandbox.estate.s3 import BUCKET
from sandbox.servers import SERVERS, s3
from sandbox.world import World
from tests.conftest import ROOT, stack_config

TRACKED = [
    ROOT / name
    for name in subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout.splitlines()
    if (ROOT / name).is_file()
]
CODE = [path for path in TRACKED if path.suffix in {".py", ".go"}]


def test_each_component_has_its_own_test_files():
    folder = ROOT / "components"
    modules = {path.stem for path in folder.glob("*.py")} - {"__init__"}
    modules |= {path.parent.name for path in folder.glob("*/__init__.py")}
    tests = {p.stem.removeprefix("test_") for p in (ROOT / "tests/components").glob("test_*.py")}

    assert modules <= tests
    assert [test for test in tests - modules if not test.startswith(tuple(modules))] == []


def test_public_names_are_sorted_and_complete():
    classes = [
        name
        for name, value in vars(components).items()
        if isinstance(value, type) and getattr(value, "__module__", "").startswith("components.")
    ]

    assert components.__all__ == sorted(classes)


def test_no_file_is_longer_than_300_lines():
    long = {
        str(path.relative_to(ROOT)): lines
        for path in CODE
        if (lines := len(path.read_text().splitlines())) > 300
    }

    assert long == {}


def test_no_module_has_a_meaningless_name():
    vague = {"utils", "helpers", "common", "manager", "base", "misc"}

    assert [str(path) for path in CODE if path.stem in vague] == []


@pytest.mark.usefixtures("uncollected")
def test_the_main_program_has_no_branches():
    source = (ROOT / "__main__.py").read_text()
    decisions = (ast.If, ast.For, ast.While, ast.IfExp, ast.comprehension)

    assert [n for n in ast.walk(ast.parse(source)) if isinstance(n, decisions)] == []
    assert len(source.splitlines()) <= 60


def test_every_skip_and_every_noqa_has_a_reason():
    silences = re.compile(r"pytest\.mark\.(skip|xfail)|# (noqa|type: ignore)(?!.* - )")
    found = [
        f"{path.relative_to(ROOT)}: {line.strip()}"
        for path in CODE
        if path.name != "test_layout.py"
        for line in path.read_text().splitlines()
        if silences.search(line)
    ]

    assert found == []


def test_the_local_stack_names_the_sandbox_s_own_addresses(tmp_path):
    world = World(tmp_path, 19090, SERVERS)

    assert stack_config("local")["waqiti:kafka"]["bootstrap_servers"] == [
        world.address(f"kafka-{node}") for node in (1, 2, 3)
    ]
    backup = stack_config("local")["waqiti:legal_storage"]["backup"]
    assert (backup["endpoint"], backup["bucket"]) == (s3.url(world), BUCKET)


def test_every_stack_disables_the_default_providers():
    files = sorted(ROOT.glob("Pulumi.*.yaml"))

    assert [
        stack_config(f.stem.split(".")[1])["pulumi:disable-default-providers"] for f in files
    ] == [["*"]] * len(files)


def test_seven_years_are_the_checklist_s_own_number():
    assert settings.SEVEN_YEARS_DAYS * 24 * 60 * 60 * 1000 == 220752000000


def test_every_make_target_in_the_readme_exists():
    words = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    reported = set(re.findall(r"`?make ([a-z-]+)", (ROOT / "README.md").read_text()))

    assert reported <= words


def test_every_room_has_its_import_contracts():
    rooms = {path.parent.name for path in ROOT.glob("*/__init__.py")}
    config = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
    bound = {
        room
        for contract in config["contracts"]
        for room in contract.get("source_modules", contract.get("layers", []))
    }

    assert set(config["root_packages"]) == rooms
    assert rooms - bound == {"benchmarks", "tests"}  # they may import everything


def test_the_root_has_only_the_program():
    assert [path.name for path in ROOT.glob("*.py")] == ["__main__.py"]
