"""Three Kafka brokers: their settings, their health, their users and grants."""

import base64
import logging
import subprocess
import uuid
from collections.abc import Iterator, Mapping
from concurrent.futures import Future
from functools import partial
from pathlib import Path

from confluent_kafka import KafkaException
from confluent_kafka.admin import (
    AdminClient,
    ScramCredentialInfo,
    ScramMechanism,
    UserScramCredentialUpsertion,
)

from sandbox.engine.toolchain.cache import Toolchain
from sandbox.estate.grants import granted
from sandbox.estate.kafka import services
from sandbox.server import Process, Server, draw_tokens
from sandbox.servers.kafka_acls import bindings
from sandbox.world import World, write_private

NODES = (1, 2, 3)
_OWN_USERS = ("broker", "admin")  # the brokers' settings name them; SCRAM has all others
_TIMEOUT_SECONDS = 5

# librdkafka logs every attempt to reach a broker that is still starting.
_SILENT = logging.getLogger("sandbox.servers.kafka")
_SILENT.addHandler(logging.NullHandler())
_SILENT.propagate = False


def admin(world: World, *nodes: int) -> AdminClient:
    """Connect as the administrator of the cluster, through *nodes* or all brokers."""
    return AdminClient(client_settings(world, "admin", nodes or NODES), logger=_SILENT)


def client_settings(
    world: World, user: str, nodes: tuple[int, ...] = NODES
) -> dict[str, str | int | float | bool]:
    """Return the settings with which librdkafka connects as *user*."""
    return {
        "bootstrap.servers": ",".join(world.address(f"kafka-{node}") for node in nodes),
        "security.protocol": "SASL_SSL",
        "sasl.mechanism": "PLAIN" if user in _OWN_USERS else "SCRAM-SHA-512",
        "sasl.username": user,
        "sasl.password": world.credentials[f"kafka/{user}"],
        "ssl.ca.location": str(world.tls / "ca.pem"),
    }


def add_user(client: AdminClient, user: str, password: str) -> Future[None]:
    """Add a SCRAM user, or change its password; brokers need no restart."""
    mechanism = ScramCredentialInfo(ScramMechanism.SCRAM_SHA_512, 4096)
    upsert = UserScramCredentialUpsertion(user, mechanism, password.encode())
    granted: Future[None] = client.alter_user_scram_credentials([upsert])[user]
    return granted


def _credentials() -> Mapping[str, str]:
    cluster_id = base64.urlsafe_b64encode(uuid.uuid4().bytes).decode()[:22]
    users = (*_OWN_USERS, "pulumi", *services())
    return {
        **draw_tokens(*(f"kafka/{user}" for user in users)),
        # Kafka's tool parses an id with a leading dash as an option.
        "kafka cluster id": cluster_id.replace("-", "_"),
    }


def _prepare(world: World, toolchain: Toolchain) -> None:
    """Write the brokers' settings, and format storage that is new."""
    for node in NODES:
        write_private(_properties_file(world, node), _properties(world, node))
    fresh = [node for node in NODES if not (_data(world, node) / "meta.properties").exists()]
    cluster = world.credentials["kafka cluster id"]
    tool = [*java(toolchain), "kafka.tools.StorageTool", "format", "--cluster-id", cluster]
    formatting = [
        subprocess.Popen(
            [*tool, "--config", str(_properties_file(world, node))],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        for node in fresh
    ]
    for process in formatting:
        output, _ = process.communicate()
        if process.returncode:
            raise RuntimeError(f"Kafka's storage cannot be formatted: {output.strip()[-500:]}")


def _processes(world: World, toolchain: Toolchain) -> Iterator[Process]:
    # A quarter GiB each; the serial collector and the first compiler start fastest on two cores.
    machine = ("-Xms256m", "-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1")
    for node in NODES:
        yield Process(
            name=f"kafka-{node}",
            command=[
                *java(toolchain, *machine),
                "kafka.Kafka",
                str(_properties_file(world, node)),
            ],
            is_healthy=partial(_is_healthy, world, node),
        )


def _is_healthy(world: World, node: int) -> bool:
    """Report whether a broker accepts the administrator and sees itself and a controller."""
    try:
        seen = admin(world, node).list_topics(timeout=_TIMEOUT_SECONDS)
    except KafkaException:
        return False
    return node in seen.brokers and seen.controller_id in seen.brokers


def _seed(world: World) -> None:
    """Add the users, and grant Pulumi's principal what an administrator would grant."""
    client = admin(world)
    users = ("pulumi", *services())
    upserts = [add_user(client, user, world.credentials[f"kafka/{user}"]) for user in users]
    commands = granted("kafka") + granted("drift-kafka")
    acls = client.create_acls(list(bindings(commands)))
    for written in (*upserts, *acls.values()):
        written.result(_TIMEOUT_SECONDS)


def _environment(world: World) -> Mapping[str, str]:
    return {
        "KAFKA_SASL_USERNAME": "pulumi",
        "KAFKA_SASL_PASSWORD": world.credentials["kafka/pulumi"],
    }


def _config(world: World) -> Mapping[str, Mapping[str, object]]:
    return {"kafka": {"bootstrap_servers": [world.address(f"kafka-{node}") for node in NODES]}}


def _properties_file(world: World, node: int) -> Path:
    return world.folder / f"kafka-{node}.properties"


def _data(world: World, node: int) -> Path:
    return world.folder / "data" / f"kafka-{node}"


def java(toolchain: Toolchain, *machine: str) -> list[str]:
    """Return the command that a class of Kafka completes."""
    simple = "-Dorg.slf4j.simpleLogger"
    shape = {"defaultLogLevel": "info", "showDateTime": "true", "dateTimeFormat": "HH:mm:ss.SSS"}
    logging_flags = [f"{simple}.{name}={value}" for name, value in shape.items()]
    jars = f"{toolchain.folder('kafka')}/*"
    return [str(toolchain.executable("java")), *machine, *logging_flags, "-cp", jars]


def _properties(world: World, node: int) -> str:
    voters = ",".join(f"{n}@{world.address(f'kafka-{n}-controller')}" for n in NODES)
    known = " ".join(f'user_{user}="{world.credentials[f"kafka/{user}"]}"' for user in _OWN_USERS)
    plain = (
        "org.apache.kafka.common.security.plain.PlainLoginModule required username=broker "
        f'password="{world.credentials["kafka/broker"]}" {known};'
    )
    scram = "org.apache.kafka.common.security.scram.ScramLoginModule required;"
    values = {
        "process.roles": "broker,controller",
        "node.id": node,
        "controller.quorum.voters": voters,
        "listeners": f"CLIENT://{world.address(f'kafka-{node}')},"
        f"CONTROLLER://{world.address(f'kafka-{node}-controller')}",
        "listener.security.protocol.map": "CLIENT:SASL_SSL,CONTROLLER:SASL_SSL",
        "inter.broker.listener.name": "CLIENT",
        "controller.listener.names": "CONTROLLER",
        "sasl.enabled.mechanisms": "PLAIN,SCRAM-SHA-512",
        "sasl.mechanism.inter.broker.protocol": "PLAIN",
        "sasl.mechanism.controller.protocol": "PLAIN",
        "listener.name.client.plain.sasl.jaas.config": plain,
        "listener.name.client.scram-sha-512.sasl.jaas.config": scram,
        "listener.name.controller.sasl.enabled.mechanisms": "PLAIN",
        "listener.name.controller.plain.sasl.jaas.config": plain,
        "ssl.keystore.type": "PEM",
        "ssl.keystore.location": world.tls / "server.pem",
        "ssl.truststore.type": "PEM",
        "ssl.truststore.location": world.tls / "ca.pem",
        "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
        "allow.everyone.if.no.acl.found": "false",
        "super.users": "User:broker;User:admin",
        "auto.create.topics.enable": "false",
        "min.insync.replicas": 2,
        "default.replication.factor": 3,
        "offsets.topic.replication.factor": 3,
        "offsets.topic.num.partitions": 3,
        "transaction.state.log.replication.factor": 3,
        "transaction.state.log.min.isr": 2,
        "group.initial.rebalance.delay.ms": 0,
        # By default an idle controller writes a record every half second: a third of the idle load.
        "metadata.max.idle.interval.ms": 0,
        "log.dirs": _data(world, node),
    }
    return "".join(f"{key}={value}\n" for key, value in values.items())


SERVER = Server(
    ports=[f"kafka-{node}" for node in NODES] + [f"kafka-{node}-controller" for node in NODES],
    credentials=_credentials,
    prepare=_prepare,
    processes=_processes,
    seed=_seed,
    environment=_environment,
    config=_config,
)
