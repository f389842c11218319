"""Pulumi authenticates to Kafka by its certificate alone, if the stack says so."""

import re
import subprocess
from functools import partial

import pytest

from program.preflight import kafka as preflight
from sandbox import supervision
from sandbox.engine.stacks import offline_stack
from sandbox.world import World
from tests.conftest import stack_settings
from tests.engine import mutual_tls
from tests.engine.conftest import copy_program
from tests.engine.ports import next_block
from tests.engine.sandboxes import discard, start

UP = ("up", "--yes", "--skip-preview")
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
def broker(toolchain, tmp_path_factory):
    servers = (mutual_tls.SERVER, supervision.SERVER)
    world = World(tmp_path_factory.mktemp("mutual-tls") / "world", next_block(), servers)
    world.create()
    try:
        start(world, toolchain, servers)
        yield world
    finally:
        discard(world)


@pytest.fixture(scope="module")
def pulumi(broker, engine, tmp_path_factory):
    """Apply the program, and provide a function that runs Pulumi with the certificate of a user."""
    program = copy_program(tmp_path_factory.mktemp("program") / "kafka")
    (program / "__main__.py").write_text(PROGRAM)
    with offline_stack("local", engine, **broker.config()) as environment:

        def run(user, *arguments):
            return subprocess.run(
                ["pulumi", "--non-interactive", *arguments],
                cwd=program,
                env={
                    **environment,
                    **mutual_tls.certificate_of(broker, user),
                    "SSL_CERT_FILE": str(broker.tls / "ca.pem"),
                },
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                check=False,
            )

        done = run("pulumi", *UP)
        assert done.returncode == 0, done.stdout
        yield run


def local_kafka(broker):
    return stack_settings("local").kafka.model_copy(update=broker.config()["kafka"])


def test_a_certificate_without_rights_is_refused_by_the_broker(pulumi):
    done = pulumi("other", "refresh", "--yes", "--skip-preview")

    assert done.returncode != 0
    assert "not authorized" in done.stdout.lower() or "authorization failed" in done.stdout.lower()


def test_preflight_asks_for_the_rights_of_the_certificate(broker, monkeypatch):
    asked = partial(preflight.problems, local_kafka(broker), ["Alter"], {}, "a command")
    answers = {}
    for user in ("pulumi", "other"):
        for name, value in mutual_tls.certificate_of(broker, user).items():
            monkeypatch.setenv(name, value)
        monkeypatch.setenv("SSL_CERT_FILE", str(broker.tls / "ca.pem"))
        answers[user] = list(asked())

    assert answers == {
        "pulumi": [],
        "other": [
            (
                f"Kafka at {broker.address('kafka')}: Pulumi's principal lacks Alter on the "
                "cluster: run what `a command` prints"
            )
        ],
    }


def test_topics_and_acls_are_created_with_a_certificate(broker, pulumi):
    topics = mutual_tls.client(broker).list_topics(timeout=10).topics

    assert len(topics["orders"].partitions) == 2
    assert re.search(r"Resources:\n +\d+ unchanged", pulumi("pulumi", *UP).stdout)


def test_the_state_has_neither_the_certificate_nor_its_path(pulumi):
    state = pulumi("pulumi", "stack", "export", "--show-secrets").stdout

    assert "orders" in state
    assert [word for word in ("PRIVATE KEY", "BEGIN CERTIFICATE", ".pem") if word in state] == []
