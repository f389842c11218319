"""Every answered change survives a kill."""

import subprocess
import sys
import threading
from pathlib import Path

import httpx2
import pytest

from tests.conftest import ROOT
from tests.sandbox.simulators.pagerduty.running import (
    ACCOUNT,
    MANAGER,
    MONDAY,
    ON_CALL,
    SENIOR,
    TOKEN,
    advance,
    paged,
    paging,
    started,
)


def test_an_incident_continues_to_escalate_after_a_kill(tmp_path: Path) -> None:
    with started(tmp_path) as first, first.http() as http, first.rest() as rest:
        http.put("/sandbox/clock", json={"now": MONDAY}).raise_for_status()
        made = paging(first, rest, [[ON_CALL], [SENIOR], [MANAGER]])
        with made.events:
            made.trigger()
        advance(http, 16)
        first.process.kill()
        first.process.wait()

    with started(tmp_path) as second, second.http() as http, second.rest() as rest:
        pages = [paged(http)]
        advance(http, 15)
        pages.append(paged(http))
        (incident,) = rest.list_all("incidents")
        with second.events(made.integration["integration_key"]) as events:
            events.resolve(incident["incident_key"])
        status = rest.list_all("incidents")[0]["status"]

    before = [(0, 1, 1, "PUONCL1"), (15, 2, 1, "PUSENR1")]
    assert pages == [before, [*before, (30, 3, 1, "PUMANGR")]]
    assert status == "resolved"


def test_a_kill_during_writes_loses_no_answered_change(tmp_path: Path) -> None:
    answered: list[str] = []
    enough = threading.Event()

    def write(url: str) -> None:
        with httpx2.Client(base_url=url, headers={"Authorization": f"Token token={TOKEN}"}) as own:
            for number in range(10_000):
                try:
                    answer = own.post("/teams", json={"team": {"name": f"Team {number}"}})
                except httpx2.TransportError:
                    return
                answered.append(answer.json()["team"]["name"])
                if number == 100:
                    enough.set()

    with started(tmp_path) as first:
        writer = threading.Thread(target=write, args=[first.url])
        writer.start()
        assert enough.wait(30)
        first.process.kill()
        writer.join()
    with started(tmp_path) as second, second.rest() as rest:
        kept = [team["name"] for team in rest.list_all("teams")]

    # The last write may have no answer.
    assert kept[: len(answered) + 1] == ["Platform", *answered]
    assert len(kept) <= len(answered) + 2


def test_two_simulators_do_not_share_a_state(tmp_path: Path) -> None:
    with started(tmp_path):
        second = run("--port=0", f"--state={tmp_path / 'state.db'}", folder=tmp_path)

    assert second == (
        1,
        f"{tmp_path / 'state.db'}: database is locked; is another simulator using it?\n",
    )


def run(*options: str, folder: Path) -> tuple[int, str]:
    ended = subprocess.run(
        [
            sys.executable,
            "-m",
            "sandbox.simulators.pagerduty",
            f"--token-file={folder / 'tokens'}",
            f"--account={ACCOUNT}",
            *options,
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
    )
    return ended.returncode, ended.stderr


def test_another_address_is_refused_in_one_sentence(tmp_path: Path) -> None:
    code, message = run("--host=0.0.0.0", "--port=0", "--state=x", folder=tmp_path)

    assert code == 2
    assert message.endswith(
        "error: argument --host: 0.0.0.0 is not a loopback address:"
        " a simulator listens on 127.0.0.1 or ::1 only\n"
    )


@pytest.mark.parametrize("content", [None, "\n"])
def test_the_simulator_does_not_start_without_a_token(content: str | None, tmp_path: Path) -> None:
    tokens = tmp_path / "tokens"
    if content is not None:
        tokens.write_text(content)
    message = {
        None: f"{tokens}: No such file or directory\n",
        "\n": f"{tokens} holds no token: write at least one, one per line\n",
    }

    assert run("--port=0", f"--state={tmp_path / 's'}", folder=tmp_path) == (1, message[content])


def test_an_impossible_state_file_is_reported(tmp_path: Path) -> None:
    (tmp_path / "tokens").write_text(TOKEN)
    state = tmp_path / "nowhere" / "state.db"

    assert run("--port=0", f"--state={state}", folder=tmp_path) == (
        1,
        f"{state}: unable to open database file\n",
    )


def test_a_port_in_use_is_reported(tmp_path: Path) -> None:
    with started(tmp_path) as first:
        port = first.url.rpartition(":")[2]
        ended = run(f"--port={port}", f"--state={tmp_path / 'other'}", folder=tmp_path)

    assert ended == (1, f"port {port} on 127.0.0.1: Address already in use\n")


def test_every_problem_of_an_account_file_is_reported(tmp_path: Path) -> None:
    account = tmp_path / "account.yaml"
    account.write_text("abilities: [teams]\nvendors: []\nteams: []\nshedules: []\n")
    (tmp_path / "tokens").write_text(TOKEN)
    ended = run("--port=0", "--state=x", f"--account={account}", folder=tmp_path)

    message = [
        f"{account} is not valid:",
        "  users: Field required",
        "  schedules: Field required",
        "  shedules: Extra inputs are not permitted",
    ]
    assert ended == (1, "\n".join([*message, ""]))


def test_an_account_file_may_refer_only_to_its_own_users(tmp_path: Path) -> None:
    account = tmp_path / "account.yaml"
    account.write_text(
        "abilities: []\nvendors: []\nusers: []\nschedules: []\n"
        "teams: [{id: PTEAM00, name: T, members: {PNOBODY: {role: manager}}}]\n"
    )
    (tmp_path / "tokens").write_text(TOKEN)
    ended = run("--port=0", "--state=x", f"--account={account}", folder=tmp_path)

    assert ended == (
        1,
        f"{account} is not valid:\n  file: Value error, not among users: PNOBODY\n",
    )
