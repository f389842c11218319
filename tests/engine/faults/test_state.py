"""The state survives a second run and a full disk; of a damaged one a copy is named."""

import re
import shlex
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.engine.faults.cases import DAMAGED, FULL_DISK, TWO_RUNS
from tests.engine.faults.driver import engine_sentence, errors, plain, state_file
from tests.engine.faults.page import check
from tests.engine.faults.proxy import Fault

pytestmark = [pytest.mark.minutes(1), pytest.mark.small_sandbox]

# A write beyond the limit then fails as on a full disk, instead of ending the process.
LIMITED = """
import os, resource, signal, sys
signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGXFSZ])
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[1]), resource.RLIM_INFINITY))
os.execvp(sys.argv[2], sys.argv[2:])
"""


def restore(output: str) -> None:
    """Run the command that *output* of `waqiti` names."""
    (command,) = set(re.findall(r"`(cp .*?)`", output))
    subprocess.run(shlex.split(command), check=True)


def test_a_second_up_is_refused_and_the_first_one_completes(fresh):
    proxy = fresh.proxies["PagerDuty"]
    proxy.inject(Fault("POST", "^/services$", "slow", seconds=120))
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(fresh.up)
        assert proxy.hit.wait(60)

        second = fresh.up()
        proxy.clear()

        assert first.result().returncode == 0, first.result().stdout
    assert second.returncode != 0
    assert fresh.contents() == fresh.undisturbed
    check(
        "The state",
        TWO_RUNS,
        engine_sentence(second.stdout),
        "nothing: the first one completes",
    )


def test_a_full_disk_loses_nothing(fresh):
    created = fresh.up()
    assert created.returncode == 0, created.stdout
    limit = str(state_file(fresh.sandbox).stat().st_size // 2)
    fresh.empty_all()
    command = [
        "pulumi",
        "--non-interactive",
        "up",
        "--yes",
        "--skip-preview",
        "--suppress-progress",
    ]
    done = subprocess.run(
        [sys.executable, "-c", LIMITED, limit, *command],
        cwd=fresh.sandbox.program,
        env={
            **fresh.sandbox.environment(**fresh.addresses),
            "PULUMI_PARALLEL": "1",  # each step in flight tries for half a minute
        },
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    damaged = fresh.waqiti("resume")
    restore(damaged.stdout)
    resumed = fresh.waqiti("resume")
    again = fresh.up()

    assert done.returncode != 0
    assert resumed.returncode == 0, resumed.stdout
    assert again.returncode == 0, again.stdout
    assert fresh.contents() == fresh.undisturbed
    (reported,) = {plain(text).partition(" error: ")[2] for _, text in errors(done.stdout)}
    # The newest copy is `.bak`, or the last checkpoint if that is damaged, too.
    named = re.sub(r"`cp \S+ ", "`cp COPY ", plain(damaged.stdout))
    check("The state", FULL_DISK, reported, f"`waqiti resume`: {named}; `waqiti resume`, `up`")


def test_a_copy_of_a_damaged_state_is_named_and_restores_it(fresh):
    created = fresh.up()
    assert created.returncode == 0, created.stdout
    state = state_file(fresh.sandbox)
    state.write_text(state.read_text()[:100])

    refused = fresh.up()
    named = {word: fresh.waqiti(word) for word in ("drift", "list", "resume", "verify")}
    restore(named["resume"].stdout)
    again = fresh.pulumi("up", "--yes", "--skip-preview", "--expect-no-changes")

    assert again.returncode == 0, again.stdout
    assert fresh.contents() == fresh.undisturbed
    assert {done.returncode for done in named.values()} == {3}
    check(
        "The state",
        DAMAGED,
        engine_sentence(refused.stdout),
        f"`waqiti resume`: {plain(named['resume'].stdout)}; `up`",
    )
