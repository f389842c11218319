"""The progress of long tasks: how long this one takes, and all that follow."""

import pytest

from sandbox.engine.toolchain import progress


@pytest.mark.parametrize(
    ("left", "later", "text"),
    [
        (20, 0, "about 20 s left"),
        (-1, 0, "longer than the last time"),
        (20, 300, "about 20 s left; all: about 5 min left"),
        (240, 1200, "about 4 min left; all: about 24 min left"),
        (-5, 100, "longer than the last time; all: about 100 s left"),
    ],
)
def test_the_rest_is_estimated(left, later, text):
    assert progress.rest(left, later) == text
