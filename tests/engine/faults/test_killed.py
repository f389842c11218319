"""An `up` that is killed at any point is resumed without loss or doubles."""

import pytest

from tests.engine.faults.cases import KILLS
from tests.engine.faults.page import check
from tests.engine.killing import kill_up

pytestmark = [pytest.mark.minutes(2), pytest.mark.small_sandbox]


@pytest.mark.parametrize("case", KILLS, ids=lambda case: case.title.replace(" ", "-"))
def test_a_killed_up_is_resumed(fresh, case):
    if case.changes:
        created = fresh.up()
        assert created.returncode == 0, created.stdout
    proxy = fresh.proxies[case.system]
    proxy.inject(case.fault)

    assert kill_up(fresh.sandbox, proxy.hit.is_set, **fresh.changed(case.changes))
    proxy.clear()
    resumed = fresh.waqiti("resume")
    again = fresh.up()

    assert resumed.returncode == 0, resumed.stdout
    assert again.returncode == 0, again.stdout
    assert fresh.contents() == fresh.undisturbed
    (reported, *_) = [line for line in resumed.stdout.splitlines() if f" {case.resource}" in line]
    sentence = reported.partition(": ")[2]
    check("`up` is killed", case.title, "killed", f"`waqiti resume`: {sentence}; `up`")
