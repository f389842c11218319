"""The tools that check rules and routing, of the same versions as the sandbox's servers."""

import pytest


@pytest.fixture(scope="session")
def promtool(toolchain):
    return toolchain.executable("prometheus").with_name("promtool")


@pytest.fixture(scope="session")
def amtool(toolchain):
    return toolchain.executable("alertmanager").with_name("amtool")
