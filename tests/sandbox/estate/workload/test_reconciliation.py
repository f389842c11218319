"""The command: invalid arguments, inconclusive runs, and the metrics of its outcome."""

import sys
import time

import pytest

from sandbox.estate.workload import outcome
from sandbox.estate.workload.daily import Daily
from sandbox.estate.workload.reconciliation import main
from sandbox.servers import SERVERS
from sandbox.world import World
from tests.sandbox.estate.workload.conftest import STARTED

METRICS = (
    "audit_reconciliation_missing_records",
    "audit_reconciliation_last_success_timestamp_seconds",
)


@pytest.fixture
def world(tmp_path):
    (tmp_path / "data").mkdir()
    return World(tmp_path, 20000, SERVERS)


@pytest.fixture
def reconciliation(world, monkeypatch, capsys):
    """Provide the command; it returns its exit code, its report and the last line of its errors."""

    def run(*arguments):
        monkeypatch.setattr(sys, "argv", ["reconciliation", f"--world={world.folder}", *arguments])
        try:
            code = main()
        except SystemExit as wrong_use:
            code = int(wrong_use.code or 0)
        captured = capsys.readouterr()
        return code, captured.out, captured.err.strip().splitlines()[-1]

    return run


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--since=2027-01-02T00:00"], "has no time zone: write 2027-01-02T00:00+00:00 for UTC"),
        (["--since=yesterday"], "argument --since: Invalid isoformat string: 'yesterday'"),
        (
            ["--since=2027-01-02T00:00Z", "--until=2027-01-01T00:00Z"],
            "2027-01-02T00:00:00+00:00 is not before 2027-01-01T00:00:00+00:00",
        ),
    ],
)
def test_invalid_arguments_are_an_error(reconciliation, arguments, message):
    code, report, error = reconciliation(*arguments)

    assert (code, report) == (2, "")
    assert error.endswith(message)


def test_an_unreadable_trail_is_inconclusive(world, reconciliation):
    code, report, error = reconciliation()

    assert (code, report) == (3, "")
    assert error.startswith("could not verify: the ledger")
    assert outcome.last(world) is None


def shown(services):
    return tuple(services.series()[name] for name in METRICS)


def test_before_the_first_run_its_metrics_have_the_time_of_the_start(world, services):
    Daily(world, services.instruments, STARTED).step(STARTED + 10)

    assert shown(services) == (0, STARTED)


def test_its_metrics_have_the_result_of_the_last_run(world, services):
    outcome.keep(world, outcome.Outcome(at=STARTED + 50, missing=3))
    Daily(world, services.instruments, STARTED).step(STARTED + 60)

    assert shown(services) == (3, STARTED + 50)


@pytest.fixture
def runs(tmp_path, monkeypatch):
    """Replace the command by one that is inconclusive; provide its runs since the last look."""
    python, log = tmp_path / "python", tmp_path / "runs"
    python.write_text(f'#!/bin/sh\necho "$*" >> {log}\nexit 3\n')
    python.chmod(0o755)
    log.touch()
    monkeypatch.setattr(sys, "executable", str(python))

    def since(daily):
        deadline = time.monotonic() + 30
        while daily.runs and time.monotonic() < deadline:
            time.sleep(0.01)
        found = log.read_text().splitlines()
        log.write_text("")
        return found

    return since


def test_it_runs_minutes_after_the_start_and_again_after_an_inconclusive_run(world, services, runs):
    once = [f"-m sandbox.estate.workload.reconciliation --world={world.folder}"]
    daily = Daily(world, services.instruments, STARTED)
    found = []
    for seconds in (299, 300, 301, 599, 600):
        daily.step(STARTED + seconds)
        found.append(runs(daily))

    assert found == [[], once, [], [], once]


def test_it_runs_daily_after_that(world, services, runs):
    day = 24 * 60 * 60
    outcome.keep(world, outcome.Outcome(at=STARTED, missing=0))
    daily = Daily(world, services.instruments, STARTED)
    daily.step(STARTED + day - 1)
    before = runs(daily)
    daily.step(STARTED + day)

    assert (before, len(runs(daily))) == ([], 1)
