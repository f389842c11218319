"""The workload starts the reconciliation of the audit trail once a day."""

import time

import pytest

from sandbox.estate.workload.daily import Daily
from tests.sandbox.estate.workload.conftest import STARTED

DAY = 24 * 60 * 60


@pytest.fixture
def job(tmp_path):
    """Provide a function that makes the daily job, and one that returns its runs since then."""
    program, log, done = (tmp_path / name for name in ("program", "runs", "done"))
    log.touch()

    def make(code):
        program.write_text(f'#!/bin/sh\necho "$*" >> {log}\nexit {code}\n')
        program.chmod(0o755)
        return Daily([str(program), "its configuration"], done, STARTED)

    def runs(daily):
        deadline = time.monotonic() + 30
        while daily.runs and time.monotonic() < deadline:
            time.sleep(0.01)
        found = log.read_text().splitlines()
        log.write_text("")
        return found

    return make, runs


def test_it_runs_minutes_after_the_start_and_again_after_an_inconclusive_run(job):
    make, runs = job
    daily, found = make(code=3), []
    for seconds in (299, 300, 301, 599, 600):
        daily.step(STARTED + seconds)
        found.append(runs(daily))

    begin = "its configuration run --since=2027-01-14T0"
    assert found == [
        [],
        [f"{begin}8:05:00+00:00"],
        [],
        [],
        [f"{begin}8:10:00+00:00"],
    ]


@pytest.mark.parametrize("code", [0, 1])
def test_it_runs_daily_after_one_that_compared_everything(job, code):
    make, runs = job
    daily = make(code)
    daily.step(STARTED + 300)
    first = runs(daily)
    daily.step(STARTED + 301)
    restarted = make(code)
    restarted.step(STARTED + DAY + 299)
    between = runs(restarted)
    restarted.step(STARTED + DAY + 300)

    assert (len(first), between, len(runs(restarted))) == (1, [], 1)
