"""Pulumi authenticates to Kafka by its certificate alone, if the stack says so."""

import subprocess

import pytest

from sandbox.engine.stacks import open_stack
from sandbox.servers import openbao
from sandbox.world import World
from tests.engine import mutual_tls
from tests.engine.conftest import copy_program
from tests.engine.ports import next_block
from tests.engine.sandboxes import Sandbox, discard

PROGRAM = """
import pulumi

import components
from program.providers import connect_kafka
from settings import current_settings

components.KafkaTopics(
    "topics",
    {
        "topics": {"orders": {"partitions": 2, "producers": ["shop"]}},
        "replication_factor": 1,
    },
    pulumi.ResourceOptions(providers=[connect_kafka(current_settings().kafka)]),
)
"""


@pytest.fixture(scope="module")
def cluster(toolchain, engine, tmp_path_factory):
    folder = tmp_path_factory.mktemp("mutual-tls")
    program = copy_program(folder / "program")
    (program / "__main__.py").write_text(PROGRAM)
    servers = (openbao.SERVER, mutual_tls.SERVER)
    world = World(folder / "world", next_block(), servers)
    world.create()
    running = Sandbox(world, toolchain, engine, program, servers)
    try:
        running.start()
        yield running
    finally:
        discard(world)


def up_as(cluster, **variables):
    environment = {**open_stack(cluster.world, "local", cluster.engine), **variables}
    return subprocess.run(
        ["pulumi", "--non-interactive", "up", "--yes", "--skip-preview"],
        cwd=cluster.program,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_certificate_without_rights_changes_nothing(cluster):
    done = up_as(cluster, **mutual_tls.certificate_of(cluster.world, "stranger"))

    assert done.returncode != 0
    assert "orders" not in mutual_tls.client(cluster.world).list_topics(timeout=10).topics


def test_topics_and_acls_are_created_with_a_certificate(cluster):
    cluster.up()

    topics = mutual_tls.client(cluster.world).list_topics(timeout=10).topics
    assert len(topics["orders"].partitions) == 2
    assert "unchanged" in cluster.up()


def test_the_state_has_no_key(cluster):
    cluster.up()

    assert "PRIVATE KEY" not in str(cluster.state())
    assert "broker.pem" not in str(cluster.state())
