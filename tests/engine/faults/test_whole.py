"""Kubernetes and Kafka that fail: a retry or one sentence, and then convergence."""

import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import psutil
import pytest

from sandbox.servers import kafka, kubernetes
from tests.engine.faults.cases import (
    BROKER_LOST,
    BROKERS_LOST,
    BROKERS_PAUSED,
    CLUSTER,
    PASSWORD,
)
from tests.engine.faults.driver import sentences
from tests.engine.faults.observing import observe
from tests.engine.faults.page import check
from tests.engine.faults.proxy import Proxy, proxied
from tests.engine.faults.whole import AUDIT_LOG, RULE, Whole
from tests.engine.killing import creating

pytestmark = [pytest.mark.minutes(4), pytest.mark.disturbs]

NO_ANSWER = "Kafka did not answer: see that its brokers run, and run it again"
_PAUSE_SECONDS = 3

Brokers = Sequence[psutil.Process]


@pytest.fixture(scope="module")
def without(sandbox, tmp_path_factory) -> Callable[..., Whole]:
    """Provide a function that destroys a resource; each fault creates it anew."""
    undisturbed = Whole(sandbox, {}, sandbox.world.folder).contents()

    def destroyed(name: str, **proxies: Proxy) -> Whole:
        empty = tmp_path_factory.mktemp("state") / "empty.json"
        whole = Whole(sandbox, proxies, empty, undisturbed, name)
        whole.destroy()
        created = whole.up()
        assert created.returncode == 0, created.stdout
        return whole

    return destroyed


@pytest.fixture(scope="module")
def proxy(sandbox) -> Iterator[Proxy]:
    with proxied(kubernetes.url(sandbox.world), sandbox.world) as running:
        yield running


@pytest.fixture(scope="module")
def rule(without, proxy) -> Whole:
    return without(RULE, Kubernetes=proxy)


@pytest.fixture
def cluster(rule, proxy) -> Iterator[Whole]:
    """Yield the sandbox with a kubeconfig that leads to the proxy, and without the rule."""
    file = kubernetes.kubeconfig(rule.sandbox.world, "pulumi")
    text = file.read_text()
    file.write_text(text.replace(kubernetes.url(rule.sandbox.world), proxy.url))
    rule.empty_all()
    yield rule
    proxy.clear()
    file.write_text(text)


@pytest.fixture(scope="module")
def topic(without) -> Whole:
    return without(AUDIT_LOG)


@pytest.fixture
def brokers(topic) -> Iterator[Whole]:
    """Yield the sandbox without the topic; restart killed brokers after the test."""
    topic.empty_all()
    yield topic
    topic.sandbox.start()


@pytest.mark.parametrize("case", CLUSTER, ids=lambda case: case.title.replace(" ", "-"))
def test_a_cluster_that_fails_is_retried_or_reported(cluster, case):
    observe(cluster, case)


def up_disturbed(
    whole: Whole, name: str, disturb: Callable[[Brokers], Any]
) -> subprocess.CompletedProcess[str]:
    """Run `up`, and disturb the brokers while the resource *name* is created."""
    processes = [whole.sandbox.process(f"kafka-{node}") for node in kafka.NODES]
    is_under_way = creating(whole.sandbox, name)
    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(whole.up)
        while not is_under_way():
            assert not running.done(), running.result().stdout
            time.sleep(0.005)
        disturb(processes)
        return running.result()


def lose_one(processes: Brokers) -> None:
    processes[1].kill()


def lose_all(processes: Brokers) -> None:
    for process in processes:
        process.kill()


def pause(processes: Brokers) -> None:
    for process in processes:
        process.suspend()
    time.sleep(_PAUSE_SECONDS)
    for process in processes:
        process.resume()


def test_brokers_that_pause_are_waited_for(brokers):
    done = up_disturbed(brokers, AUDIT_LOG, pause)

    assert done.returncode == 0, done.stdout
    assert brokers.contents() == brokers.undisturbed
    check("Kafka", BROKERS_PAUSED, "succeeds", "nothing")


def test_a_lost_broker_is_replaced_by_another_or_reported(brokers):
    done = up_disturbed(brokers, AUDIT_LOG, lose_one)
    brokers.sandbox.start()
    again = brokers.up()

    assert again.returncode == 0, again.stdout
    assert brokers.contents() == brokers.undisturbed
    # The provider sends a request to the broker that it takes for the controller: any of the three.
    reported = sentences(done.stdout) if done.returncode else {f"{AUDIT_LOG}: {NO_ANSWER}"}
    assert {text.partition(": ")[2] for text in reported} == {NO_ANSWER}
    result = f"succeeds; or, if Pulumi asked the lost broker, NAME: {NO_ANSWER}"
    check("Kafka", BROKER_LOST, result, "`up`, if it failed")


def test_lost_brokers_are_reported(brokers):
    done = up_disturbed(brokers, f"{AUDIT_LOG}-deny-deletion", lose_all)
    brokers.sandbox.start()
    again = brokers.up()

    assert done.returncode != 0
    assert again.returncode == 0, again.stdout
    assert brokers.contents() == brokers.undisturbed
    # One sentence for each ACL: the engine creates them at once.
    (reported,) = {text.partition(": ")[2] for text in sentences(done.stdout)}
    check("Kafka", BROKERS_LOST, f"NAME: {reported}", "`up`")


def test_a_changed_password_is_reported(brokers):
    previewed = brokers.pulumi("preview")
    admin = kafka.admin(brokers.sandbox.world)
    kafka.add_user(admin, "pulumi", "another").result(10)

    done = brokers.up()
    brokers.sandbox.start()  # the seed writes the password again
    again = brokers.up()

    assert previewed.returncode == 0, previewed.stdout
    assert done.returncode != 0
    assert again.returncode == 0, again.stdout
    assert brokers.contents() == brokers.undisturbed
    (reported,) = sentences(done.stdout)
    check("Kafka", PASSWORD, reported, "`up`")
