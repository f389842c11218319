"""A green `up` is true: the systems run what Pulumi wrote, and every page arrives meanwhile."""

import re
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

import pagerduty
import pytest
import requests

from sandbox.servers import alertmanager, operators, prometheus
from tests.engine.paging_clients import SERVICE, events, key_in_vault, rest
from tests.engine.polling import eventually

pytestmark = pytest.mark.minutes(2)

TIMES = "components/alert_routing/configuration.py"


@pytest.fixture
def service(sandbox):
    """Provide the PagerDuty service and a client; enable the service after the test."""
    client = rest(sandbox.world)
    (found,) = client.list_all("services", params={"query": SERVICE})
    yield client, f"services/{found['id']}"
    client.rput(f"services/{found['id']}", json={"status": "active"})


def test_nothing_differs_after_an_up(sandbox):
    done = sandbox.waqiti("verify", "--within", "30")

    assert (done.returncode, done.stdout) == (0, "")


def test_with_stopped_operators_an_up_fails_and_the_difference_is_reported(sandbox, program):
    waiting = program / "program" / "synced.py"
    waiting.write_text(waiting.read_text().replace("_SECONDS = 60", "_SECONDS = 3"))
    times = program / TIMES
    changed = times.read_text().replace('GROUP_INTERVAL = "5m"', 'GROUP_INTERVAL = "6m"')
    assert times.read_text() != changed
    times.write_text(changed)
    process = sandbox.process("operators")
    process.send_signal(signal.SIGSTOP)
    try:
        failed = sandbox.pulumi("up", "--yes", "--skip-preview", program=program)
        seen = sandbox.waqiti("verify")
    finally:
        process.send_signal(signal.SIGCONT)
    sandbox.up("--skip-preview")
    corrected = sandbox.waqiti("verify", "--within", "30")

    reported = failed.stdout.partition("Diagnostics:")[2]
    assert failed.returncode != 0
    assert "Traceback" not in reported
    late = re.search(
        r"error: ExternalSecret monitoring/alertmanager-main (.*) after 3 s: ", reported
    )
    assert late
    waits = re.fullmatch(r"is at generation (\d+), and generation (\d+) is synced", late[1])
    assert waits
    assert int(waits[1]) == int(waits[2]) + 1
    who = f"Alertmanager at {alertmanager.url(sandbox.world)} runs another"
    assert seen.returncode == 1
    assert seen.stdout.splitlines() == [
        (
            f"{who} route.group_interval than monitoring/alertmanager-main declares: wait for its "
            "operator, or read its log"
        ),
        (
            f"ExternalSecret monitoring/alertmanager-main {late[1]}: read its Events, and the log "
            "of External Secrets"
        ),
    ]
    assert (corrected.returncode, corrected.stdout) == (0, "")


def test_a_rule_that_prometheus_lost_is_reported(sandbox):
    process = sandbox.process("operators")
    process.send_signal(signal.SIGSTOP)
    (file,) = prometheus.rules(sandbox.world).glob("monitoring-waqiti-payment-saga-*.yaml")
    text = file.read_text()
    file.unlink()
    reload = sandbox.process("prometheus").send_signal
    try:
        reload(signal.SIGHUP)
        eventually(lambda: sandbox.waqiti("verify").returncode, 1)
        seen = sandbox.waqiti("verify").stdout
    finally:
        file.write_text(text)
        reload(signal.SIGHUP)
        process.send_signal(signal.SIGCONT)

    assert seen == (
        f"Prometheus at {prometheus.url(sandbox.world)}, group payment-saga of "
        "monitoring/waqiti-payment-saga is not evaluated: wait for the Prometheus operator, or "
        "read its log\n"
    )
    eventually(lambda: sandbox.waqiti("verify").returncode, 0)


@pytest.mark.parametrize("word", ["drift", "verify"])
def test_a_service_that_was_disabled_by_hand_is_reported(sandbox, service, word):
    client, path = service
    client.rput(path, json={"status": "disabled"})

    done = sandbox.waqiti(word)

    assert (done.returncode, done.stdout) == (
        1,
        f"PagerDuty service '{SERVICE}' is disabled, and nobody is paged: enable it in PagerDuty\n",
    )


@contextmanager
def ringing(sandbox) -> Iterator[list[str]]:
    """Send events as Alertmanager and a service do, with their keys; yield each one's refusal."""
    held = alertmanager.config_file(sandbox.world).parent / "secrets/alertmanager-main"
    rung: list[str] = []
    done = threading.Event()

    def ring() -> None:
        while not done.wait(0.5):
            keys = {"Alertmanager": (held / "integration_key").read_text()}
            keys["Vault"] = key_in_vault(sandbox.world)
            for whose, key in keys.items():
                refusal = ""
                try:
                    events(sandbox.world, key).trigger("Ring", "sandbox", dedup_key="ring")
                    events(sandbox.world, key).resolve("ring")
                except pagerduty.Error as error:
                    refusal = f"{whose}: {error}"
                rung.append(refusal)

    thread = threading.Thread(target=ring)
    thread.start()
    try:
        yield rung
    finally:
        done.set()
        thread.join()


@contextmanager
def late_alertmanager(sandbox) -> Iterator[None]:
    """Let Alertmanager keep its files: a kubelet writes a changed Secret up to minutes later."""
    address = operators.url(sandbox.world)
    requests.put(address, json=["alertmanager"], timeout=10).raise_for_status()
    try:
        yield
    finally:
        requests.put(address, json=[], timeout=10).raise_for_status()


def has_rung(rung: list[str], times: int) -> bool:
    return len(rung) > times


def test_every_event_is_accepted_while_the_key_is_rotated(sandbox):
    held = alertmanager.config_file(sandbox.world).parent / "secrets/alertmanager-main"
    keys = [key_in_vault(sandbox.world)]

    with ringing(sandbox) as rung:
        for generation in (2, 3):
            with late_alertmanager(sandbox):
                sandbox.up(pagerduty={"key_generation": generation})
                assert (held / "integration_key").read_text() == keys[-1]
                eventually(partial(has_rung, rung, len(rung) + 2), wanted=True)
            keys.append(key_in_vault(sandbox.world))
            eventually((held / "integration_key").read_text, keys[-1], seconds=30)
    with pytest.raises(pagerduty.Error, match="400"):
        events(sandbox.world, keys[0]).trigger("Ring", "sandbox", dedup_key="ring")
    sandbox.up()

    assert len(set(keys)) == 3
    assert [refusal for refusal in rung if refusal] == []
