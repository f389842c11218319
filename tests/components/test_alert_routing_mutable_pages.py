"""The routes of the pages that an inhibition can mute."""

import pytest

from components import InhibitionArgs
from components.alert_routing.mutable_pages import mutable_pages


@pytest.mark.parametrize(
    ("targets", "routes"),
    [
        ([['a="x"'], ['a=~"y|x"']], [['a=~"x|y"']]),
        ([['a="x"'], ['b="x"']], [['a=~"x"'], ['b=~"x"']]),
        ([['a="x"', 'b="y"'], ['a="x"', 'b="y"']], [['a="x"', 'b="y"']]),
        ([['a=~"x.*"']], [['a=~"x.*"']]),
        ([], []),
    ],
)
def test_no_route_of_mutable_pages_hides_another_one(targets, routes):
    inhibitions = [InhibitionArgs(source=['a="z"'], target=target) for target in targets]

    assert mutable_pages(inhibitions) == routes
