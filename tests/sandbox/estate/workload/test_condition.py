"""Each change is one line in the log."""

import logging

from sandbox.estate.workload.condition import Condition


def test_each_change_is_one_line(caplog):
    caplog.set_level(logging.INFO)
    door = Condition(logging.getLogger("door"), healthy="it is shut", unhealthy="it is open")
    door.healthy()
    door.healthy()
    door.unhealthy("wind")
    door.unhealthy("a guest")
    door.healthy()

    assert caplog.messages == ["it is shut", "it is open: wind", "it is shut"]


def test_a_condition_that_starts_unhealthy_is_logged(caplog):
    Condition(logging.getLogger("door"), healthy="it is shut", unhealthy="it is open").unhealthy(
        "wind"
    )

    assert caplog.messages == ["it is open: wind"]
