"""`make install` installs the packages of the product; its rooms import no others."""

import ast
import re
import sys
import tomllib

import pytest

from tests.conftest import ROOT

ROOMS = ("program", "settings", "catalog", "systems", "clients", "components", "grants", "waqiti")
PACKAGES = {"yaml": "pyyaml"}  # a module whose package has another name


def imported(source):
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (name.name.partition(".")[0] for name in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            yield (node.module or "").partition(".")[0]


@pytest.mark.usefixtures("uncollected")
def test_the_rooms_of_the_product_import_its_own_packages_alone():
    lock = (ROOT / "locks" / "product.txt").read_text()
    installed = {name.lower() for name in re.findall(r"^([\w-]+)==", lock, re.MULTILINE)}
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    declared = {re.split("[=<>]", line)[0] for line in project["dependencies"]}
    files = [ROOT / "__main__.py", *(f for room in ROOMS for f in (ROOT / room).rglob("*.py"))]
    modules = {module for file in files for module in imported(file.read_text())}
    packages = {
        PACKAGES.get(module, module.replace("_", "-"))
        for module in modules - set(ROOMS) - sys.stdlib_module_names
    }

    assert packages - installed == set()
    assert declared - packages == set()
