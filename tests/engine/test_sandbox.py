"""`make status` and `make up` after a part of the sandbox, or all of it, was killed."""

import socket
import time

import psutil
import pytest

from sandbox import supervision
from sandbox.servers import SERVERS, kafka
from sandbox.world import SandboxError, World
from tests.engine.kafka_clients import SECONDS, read, write
from tests.engine.ports import next_block
from tests.engine.sandboxes import processes

pytestmark = [pytest.mark.minutes(4), pytest.mark.disturbs]

CONSUMER = ("audit-query-service", "audit-query-service")


def status(sandbox):
    return supervision.status(sandbox.world, sandbox.world.processes(sandbox.toolchain))


@pytest.fixture
def running(sandbox):
    """Yield the shared sandbox, and repair it after the test."""
    yield sandbox
    sandbox.start()


def test_every_process_is_healthy(sandbox):
    processes = sandbox.world.processes(sandbox.toolchain)

    assert {name: condition.split(",")[0] for name, condition in status(sandbox).items()} == {
        process.name: "healthy" for process in processes
    }


def test_it_listens_on_loopback_only_and_on_the_ports_of_its_block(sandbox):
    pids = {process.pid for process in processes(sandbox.world)}
    listening = {
        (connection.laddr.ip.removeprefix("::ffff:"), connection.laddr.port)
        for connection in psutil.net_connections("tcp")
        if connection.pid in pids and connection.status == psutil.CONN_LISTEN and connection.laddr
    }

    assert listening == {("127.0.0.1", sandbox.world.port(name)) for name in sandbox.world.ports}


def test_a_dead_broker_is_reported_and_the_next_up_starts_only_that_one(running):
    others = {name: running.process(name).pid for name in ("kafka-1", "kafka-2")}
    running.kill("kafka-3")
    wait_until_gone_from_the_cluster(running.world, 3)
    while_dead = status(running)
    running.start()

    assert while_dead["kafka-3"].startswith("DEAD, exit code")
    assert f"log: {running.world.logs}/kafka-3.log" in while_dead["kafka-3"]
    assert status(running)["kafka-3"].startswith("healthy")
    assert {name: running.process(name).pid for name in others} == others


def wait_until_gone_from_the_cluster(world, node):
    deadline = time.monotonic() + SECONDS
    admin = kafka.admin(world, 1)
    while node in admin.list_topics(timeout=SECONDS).brokers:
        assert time.monotonic() < deadline
        time.sleep(0.2)


def test_a_killed_sandbox_restarts_with_its_data(running):
    values = ["before the kill 1", "before the kill 2"]
    write(running.world, "encryption-audit-service", values)
    killed = processes(running.world)
    for process in killed:
        process.kill()
    supervision.await_end(killed)

    running.start()

    assert read(running.world, *CONSUMER, values) == values


def test_brokers_without_their_supervisor_are_stopped_and_restarted(running, capfd):
    brokers = [running.process(f"kafka-{node}") for node in (1, 2, 3)]
    (supervisor,) = {process.parent() for process in brokers}
    supervisor.kill()
    supervision.await_end([supervisor])

    running.start()

    output = capfd.readouterr().out
    assert all(
        f"stopping a process that a killed sandbox left: java (pid {broker.pid})" in output
        for broker in brokers
    )
    assert not any(broker.is_running() for broker in brokers)


def test_a_port_in_use_is_reported_with_its_process(toolchain, tmp_path):
    world = World(tmp_path / "world", next_block(), SERVERS)
    world.create()
    port = world.port("kafka-2")
    taken = ("127.0.0.1", port)
    with socket.create_server(taken), pytest.raises(SandboxError) as refused:
        supervision.start(world, world.processes(toolchain))

    holder = psutil.Process()
    assert str(refused.value) == (
        f"port {port} of kafka-2 is in use by {holder.name()} (pid {holder.pid}): stop that "
        f"process, or move all ports of the sandbox: `make up FIRST_PORT={world.first_port + 1000}`"
    )


def test_a_sandbox_that_was_stopped_leaves_no_process(stopped, toolchain):
    assert processes(stopped) == []
    assert set(supervision.status(stopped, stopped.processes(toolchain)).values()) == {
        "not running (`make up`)"
    }
