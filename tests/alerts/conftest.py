"""The tools that judge rules and routing: the sandbox's, or those that the environment names."""

import os
from pathlib import Path

import pytest

from sandbox.toolchain.cache import Toolchain


@pytest.fixture(scope="session")
def promtool() -> Path:
    return _tool("WAQITI_PROMTOOL", "prometheus", "promtool")


@pytest.fixture(scope="session")
def amtool() -> Path:
    return _tool("WAQITI_AMTOOL", "alertmanager", "amtool")


def _tool(variable: str, program: str, executable: str) -> Path:
    given = os.environ.get(variable)
    return Path(given) if given else Toolchain().folder(program) / executable
