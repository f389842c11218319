"""Three Kafka brokers: what they are started with, whether they are well, and who they know."""

import logging
import subprocess
from collections.abc import Iterator
from concurrent.futures import Future
from pathlib import Path

from confluent_kafka import KafkaException
from confluent_kafka.admin import (
    AclBinding,
    AclOperation,
    AclPermissionType,
    AdminClient,
    ResourcePatternType,
    ResourceType,
    ScramCredentialInfo,
    ScramMechanism,
    UserScramCredentialUpsertion,
)

from sandbox.world import World, catalog_services, catalog_topics, write_private

NODES = (1, 2, 3)
_TIMEOUT_SECONDS = 5

# A silent logger: librdkafka would tell of every attempt to reach a broker that is still starting.
_SILENT = logging.getLogger("sandbox.kafka")
_SILENT.addHandler(logging.NullHandler())
_SILENT.propagate = False

# What Pulumi's principal may do, and it is no super user: ACLs, copies, and the catalog's topics.
_ON_CLUSTER = (AclOperation.ALTER, AclOperation.DESCRIBE, AclOperation.DESCRIBE_CONFIGS)
_ON_TOPIC = (
    AclOperation.CREATE,
    AclOperation.DELETE,
    AclOperation.DESCRIBE,
    AclOperation.DESCRIBE_CONFIGS,
    AclOperation.ALTER,
    AclOperation.ALTER_CONFIGS,
)


def broker_command(world: World, node: int, java: Path, jars: Path) -> list[str]:
    """Give the command that runs a broker in the foreground."""
    # A quarter GiB each; the serial collector and the first compiler start fastest on two cores.
    machine = ["-Xms256m", "-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"]
    main = ["-cp", f"{jars}/*", "kafka.Kafka", str(_properties_file(world, node))]
    return [str(java), *machine, *_logging(), *main]


def prepare(world: World, java: Path, jars: Path) -> None:
    """Write the brokers' settings for this world's ports, and format storage that is new."""
    for node in NODES:
        write_private(_properties_file(world, node), _properties(world, node))
    fresh = [node for node in NODES if not (_data(world, node) / "meta.properties").exists()]
    tool = [str(java), *_logging(), "-cp", f"{jars}/*", "kafka.tools.StorageTool", "format"]
    cluster = world.credentials["kafka cluster id"]
    formatting = [
        subprocess.Popen(
            [*tool, "--cluster-id", cluster, "--config", str(_properties_file(world, node))],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        for node in fresh
    ]
    for process in formatting:
        told, _ = process.communicate()
        if process.returncode:
            raise RuntimeError(f"Kafka's storage cannot be formatted: {told.strip()[-500:]}")


def admin(world: World, *nodes: int) -> AdminClient:
    """Connect as the cluster's administrator, through the given brokers or all."""
    return AdminClient(client_settings(world, "admin", nodes or NODES), logger=_SILENT)


def client_settings(
    world: World, user: str, nodes: tuple[int, ...] = NODES
) -> dict[str, str | int | float | bool]:
    """Give what librdkafka needs to connect as *user*."""
    own = {"broker", "admin"}
    return {
        "bootstrap.servers": ",".join(world.address(f"kafka-{node}") for node in nodes),
        "security.protocol": "SASL_SSL",
        "sasl.mechanism": "PLAIN" if user in own else "SCRAM-SHA-512",
        "sasl.username": user,
        "sasl.password": world.credentials[f"kafka/{user}"],
        "ssl.ca.location": str(world.tls / "ca.pem"),
    }


def is_well(world: World, node: int) -> bool:
    """Tell whether a broker lets the administrator in, and is in the cluster with a controller."""
    try:
        seen = admin(world, node).list_topics(timeout=_TIMEOUT_SECONDS)
    except KafkaException:
        return False
    return node in seen.brokers and seen.controller_id in seen.brokers


def introduce(world: World) -> None:
    """Make the users known, and grant Pulumi's principal what it needs and no more."""
    client = admin(world)
    users = ("pulumi", *catalog_services())
    upserts = [add_user(client, user, world.credentials[f"kafka/{user}"]) for user in users]
    for granted in (*upserts, *client.create_acls(list(_grants())).values()):
        granted.result(_TIMEOUT_SECONDS)


def add_user(client: AdminClient, user: str, password: str) -> Future[None]:
    """Make a user known by SCRAM, which brokers learn while they run."""
    mechanism = ScramCredentialInfo(ScramMechanism.SCRAM_SHA_512, 4096)
    upsert = UserScramCredentialUpsertion(user, mechanism, password.encode())
    granted: Future[None] = client.alter_user_scram_credentials([upsert])[user]
    return granted


def _grants() -> Iterator[AclBinding]:
    for operation in _ON_CLUSTER:
        yield _allow(ResourceType.BROKER, "kafka-cluster", operation)
    for topic in catalog_topics():
        for operation in _ON_TOPIC:
            yield _allow(ResourceType.TOPIC, topic, operation)


def _allow(kind: ResourceType, name: str, operation: AclOperation) -> AclBinding:
    literal, allow = ResourcePatternType.LITERAL, AclPermissionType.ALLOW
    return AclBinding(kind, name, literal, "User:pulumi", "*", operation, allow)


def _properties_file(world: World, node: int) -> Path:
    return world.folder / f"kafka-{node}.properties"


def _data(world: World, node: int) -> Path:
    return world.folder / "data" / f"kafka-{node}"


def _logging() -> list[str]:
    simple = "-Dorg.slf4j.simpleLogger"
    shape = {"defaultLogLevel": "info", "showDateTime": "true", "dateTimeFormat": "HH:mm:ss.SSS"}
    return [f"{simple}.{name}={value}" for name, value in shape.items()]


def _properties(world: World, node: int) -> str:
    voters = ",".join(f"{n}@{world.address(f'kafka-{n}-controller')}" for n in NODES)
    known = " ".join(
        f'user_{user}="{world.credentials[f"kafka/{user}"]}"' for user in ("broker", "admin")
    )
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
        "log.dirs": _data(world, node),
    }
    return "".join(f"{key}={value}\n" for key, value in values.items())
