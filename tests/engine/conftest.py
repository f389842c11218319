"""Equipment for tests with a real engine."""

import os
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def pulumi_bin() -> Path:
    """Find the folder that holds the CLI, our language host's launcher and Pulumi's exec script."""
    if folder := os.environ.get("PULUMI_BIN"):
        return Path(folder)
    pytest.skip("PULUMI_BIN names no folder with a pulumi")
