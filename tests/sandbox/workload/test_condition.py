"""A change is told, once."""

import logging

from sandbox.workload.condition import Condition


def test_each_change_is_one_line(caplog):
    caplog.set_level(logging.INFO)
    door = Condition(logging.getLogger("door"), well="it is shut", ill="it is open")
    door.well()
    door.well()
    door.ill("wind")
    door.ill("a guest")
    door.well()

    assert caplog.messages == ["it is shut", "it is open: wind", "it is shut"]


def test_bad_news_first_are_told_too(caplog):
    Condition(logging.getLogger("door"), well="it is shut", ill="it is open").ill("wind")

    assert caplog.messages == ["it is open: wind"]
