"""What a person meets when a part of the sandbox dies, or the whole of it."""

import socket
import time

import psutil
import pytest

from sandbox import kafka, supervision
from sandbox.servers import servers
from sandbox.world import PORTS, SandboxError, World
from tests.engine.kafka_clients import SECONDS, read, write

pytestmark = pytest.mark.minutes(4)

CONSUMER = ("audit-query-service", "audit-query-service")


def status(sandbox):
    return supervision.status(sandbox.world, servers(sandbox.world, sandbox.toolchain))


def processes(world):
    """Give every process that carries this world's mark."""
    found = []
    for process in psutil.process_iter():
        try:
            if process.environ().get("WAQITI_SANDBOX") == str(world.folder):
                found.append(process)
        except psutil.Error:
            continue
    return found


@pytest.fixture
def running(sandbox):
    """Give the shared sandbox, and put it right again whatever a test did to it."""
    yield sandbox
    sandbox.start()


def test_every_server_is_well(sandbox):
    table = servers(sandbox.world, sandbox.toolchain)

    assert {name: told.split(",")[0] for name, told in status(sandbox).items()} == {
        server.name: "well" for server in table
    }


def test_it_listens_on_loopback_only_and_on_the_ports_of_its_block(sandbox):
    pids = {process.pid for process in processes(sandbox.world)}
    listening = {
        (connection.laddr.ip.removeprefix("::ffff:"), connection.laddr.port)
        for connection in psutil.net_connections("tcp")
        if connection.pid in pids and connection.status == psutil.CONN_LISTEN and connection.laddr
    }

    assert listening == {("127.0.0.1", sandbox.world.port(name)) for name in PORTS}


def test_a_dead_broker_is_named_and_the_next_up_starts_it_and_no_other(running):
    others = {name: running.process(name).pid for name in ("kafka-1", "kafka-2")}
    running.kill("kafka-3")
    wait_until_gone_from_the_cluster(running.world, 3)
    while_dead = status(running)
    running.start()

    assert while_dead["kafka-3"].startswith("DEAD, exit code")
    assert f"log: {running.world.logs}/kafka-3.log" in while_dead["kafka-3"]
    assert status(running)["kafka-3"].startswith("well")
    assert {name: running.process(name).pid for name in others} == others


def wait_until_gone_from_the_cluster(world, node):
    deadline = time.monotonic() + SECONDS
    admin = kafka.admin(world, 1)
    while node in admin.list_topics(timeout=SECONDS).brokers:
        assert time.monotonic() < deadline
        time.sleep(0.2)


def test_a_killed_sandbox_comes_back_with_its_data(running):
    values = ["before the kill 1", "before the kill 2"]
    write(running.world, "encryption-audit-service", values)
    killed = processes(running.world)
    for process in killed:
        process.kill()
    supervision.await_end(killed)

    running.start()

    assert read(running.world, *CONSUMER, values) == values


def test_brokers_without_their_supervisor_are_ended_and_started_anew(running, capfd):
    brokers = [running.process(f"kafka-{node}") for node in (1, 2, 3)]
    (supervisor,) = {process.parent() for process in brokers}
    supervisor.kill()
    supervision.await_end([supervisor])

    running.start()

    told = capfd.readouterr().out
    assert all(
        f"ending a process that a killed sandbox left: java (pid {broker.pid})" in told
        for broker in brokers
    )
    assert not any(broker.is_running() for broker in brokers)


def test_a_port_in_use_is_named_with_who_holds_it(toolchain, tmp_path):
    world = World(tmp_path / "world", 20700)
    world.create()
    taken = ("127.0.0.1", world.port("kafka-2"))
    with socket.create_server(taken), pytest.raises(SandboxError) as refused:
        supervision.start(world, servers(world, toolchain))

    holder = psutil.Process()
    assert str(refused.value) == (
        f"port 20701, which kafka-2 needs, is in use by {holder.name()} (pid {holder.pid}): end "
        "that, or move the sandbox's ports as a block: `make up FIRST_PORT=21700`"
    )


def test_a_sandbox_that_was_stopped_leaves_no_process(copied):
    own = copied()
    own.start()
    own.stop()

    assert processes(own.world) == []
    assert set(status(own).values()) == {"not running (`make up`)"}
