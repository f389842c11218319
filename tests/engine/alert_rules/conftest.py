"""The tools that check rules and routing, of the same versions as the sandbox's servers."""

import pytest

from components.alert_routing.configuration import as_yaml


@pytest.fixture(scope="session")
def promtool(toolchain):
    return toolchain.executable("prometheus").with_name("promtool")


@pytest.fixture(scope="session")
def amtool(toolchain):
    return toolchain.executable("alertmanager").with_name("amtool")


@pytest.fixture
def config_file(tmp_path):
    """Provide a function that writes a configuration to a file for the tools."""

    def write(config):
        path = tmp_path / "alertmanager.yaml"
        path.write_text(as_yaml(config))
        return path

    return write
