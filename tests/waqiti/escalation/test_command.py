"""`waqiti escalation` on the simulator of PagerDuty: the whole output, and what is wrong."""

import sys
from datetime import UTC, datetime
from xml.etree import ElementTree as ET

import pytest

from tests.sandbox.simulators.pagerduty.running import TOKEN, started
from waqiti import __main__ as command
from waqiti import escalation

MONDAY = datetime(2026, 1, 5, 12, tzinfo=UTC)  # three hours after a handover
LEVELS = [
    {"start_minutes": 0, "schedule": "PSONCAL"},
    {"start_minutes": 15, "schedule": "PSSENIO"},
    {"start_minutes": 30, "user": "PUMANGR"},
]
SECTION = {"escalation": LEVELS, "last_level_minutes": 15, "loops": 1}


@pytest.fixture(scope="module")
def simulator(tmp_path_factory):
    with started(tmp_path_factory.mktemp("pagerduty")) as own:
        yield own


@pytest.fixture
def run(simulator, monkeypatch, capsys):
    """Provide a function that runs the command with a section `pagerduty`."""
    monkeypatch.setenv("PAGERDUTY_TOKEN", TOKEN)
    monkeypatch.setattr(escalation, "_now", lambda: MONDAY)

    def main(*words, **changes):
        section = SECTION | {"api_url": simulator.url} | changes
        config = {"waqiti:pagerduty": section}
        monkeypatch.setattr("waqiti.state.config", lambda _: config)
        monkeypatch.setattr(sys, "argv", ["waqiti", "escalation", "local", *words])
        code = command.main()
        return code, *capsys.readouterr()

    yield main
    simulator.http().post("/sandbox/reset").raise_for_status()


def restrict(simulator, schedule, hours):
    """Let a schedule be on call from midnight for *hours* of each day."""
    with simulator.http() as http:
        found = http.get(f"/schedules/{schedule}").json()["schedule"]
        (layer,) = found["schedule_layers"]
        layer["restrictions"] = [
            {
                "type": "daily_restriction",
                "start_time_of_day": "00:00:00",
                "duration_seconds": hours * 3600,
            }
        ]
        http.put(f"/schedules/{schedule}", json={"schedule": found}).raise_for_status()


def test_who_is_paged_at_any_moment_is_a_table(run):
    assert run("--days", "8") == (
        0,
        """\
alert from (UTC)  to                pages, if nobody acknowledges
2026-01-05 12:00  2026-01-12 08:15  0 min On-call Engineer One, 15 min Senior Engineer, \
30 min Engineering Manager, repeated until 75 min
2026-01-12 08:15  2026-01-12 09:00  0 min On-call Engineer One, 15 min Senior Engineer, \
30 min Engineering Manager, 45 min On-call Engineer Two, 60 min Senior Engineer, \
75 min Engineering Manager
2026-01-12 09:00  2026-01-13 12:00  0 min On-call Engineer Two, 15 min Senior Engineer, \
30 min Engineering Manager, repeated until 75 min

target: acknowledged within 5 minutes; if the first person does not, nothing happens until minute 15
""",
        "",
    )


def test_a_gap_is_named_and_skipped(run, simulator):
    restrict(simulator, "PSONCAL", 20)

    code, printed, _ = run("--days", "1", loops=0)

    assert (code, printed.splitlines()[1:]) == (
        1,
        [
            (
                "2026-01-05 12:00  2026-01-05 20:00  0 min On-call Engineer One, "
                "15 min Senior Engineer, 30 min Engineering Manager"
            ),
            (
                "2026-01-05 20:00  2026-01-06 00:00  0 min Senior Engineer, "
                "15 min Engineering Manager"
            ),
            (
                "2026-01-06 00:00  2026-01-06 12:00  0 min On-call Engineer One, "
                "15 min Senior Engineer, 30 min Engineering Manager"
            ),
            "",
            (
                "target: acknowledged within 5 minutes; if the first person does not, nothing "
                "happens until minute 15"
            ),
            (
                "level 1 (schedule PSONCAL) has nobody on call from 2026-01-05 20:00 to "
                "2026-01-06 00:00 UTC"
            ),
        ],
    )


def test_an_alert_that_pages_nobody_is_named(run, simulator):
    restrict(simulator, "PSONCAL", 20)

    code, printed, _ = run("--days", "1", escalation=LEVELS[:1], loops=0)

    assert code == 1
    assert printed.splitlines()[-1] == (
        "an alert from 2026-01-05 20:00 to 2026-01-06 00:00 UTC pages nobody: PagerDuty opens no "
        "incident"
    )


def test_a_person_on_two_levels_in_a_row_is_named(run):
    levels = [
        {"start_minutes": 0, "schedule": "PSSENIO"},
        {"start_minutes": 5, "user": "PUSENR1"},
    ]

    code, printed, _ = run("--days", "1", escalation=levels, loops=0)

    assert code == 1
    assert printed.splitlines()[-2:] == [
        "target: acknowledged within 5 minutes; at minute 5 the next person is paged",
        (
            "level 2 (user PUSENR1) pages Senior Engineer again, who is level 1: 24.0 hours, first "
            "from 2026-01-05 12:00 to 2026-01-06 12:00 UTC"
        ),
    ]


def test_the_picture_has_a_lane_for_each_level_and_a_block_for_each_shift(run, tmp_path):
    file = tmp_path / "on-call.svg"

    run("--svg", str(file))

    picture = ET.parse(file).getroot()  # noqa: S314 - our own file
    spaces = {"s": "http://www.w3.org/2000/svg"}
    titles = [one.text for one in picture.findall("s:rect/s:title", spaces)]
    assert [titles.count(one) for one in ("nobody", "On-call Engineer One", "Senior Engineer")] == [
        3,
        3,
        1,
    ]
    lanes = [one.text for one in picture.findall("s:text", spaces)]
    assert [one for one in lanes if one and one[1:3] == ". "] == [
        "1. schedule PSONCAL",
        "2. schedule PSSENIO",
        "3. user PUMANGR",
    ]


@pytest.mark.parametrize("target", [{"schedule": "PSNOBOD"}, {"user": "PUNOBOD"}])
def test_whom_the_account_does_not_have_cannot_be_shown(run, simulator, target):
    ((kind, one),) = target.items()

    assert run(escalation=[{"start_minutes": 0} | target]) == (
        3,
        "",
        (
            f"error: PagerDuty at {simulator.url} has no {kind} {one}: correct "
            "pagerduty.escalation\n"
        ),
    )
