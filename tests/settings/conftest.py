"""Equipment of the door's tests."""

import pytest

from tests.settings.copied_folders import copied


@pytest.fixture
def top(tmp_path):
    """Return a copy of every folder that people write."""
    return copied(tmp_path)
