"""One Kafka broker that authenticates its clients by their certificates, without SASL."""

import subprocess
from functools import partial
from pathlib import Path

import trustme
from confluent_kafka import KafkaException
from confluent_kafka.admin import AdminClient

from sandbox.server import Process, Server
from sandbox.servers.kafka import java
from sandbox.world import HOST, write_certificate, write_private

_BROKER = "broker"
_USERS = (_BROKER, "pulumi", "other")
_ALLOWED = "User:broker;User:pulumi"
_CLUSTER_ID = "a" * 22


def certificate_of(world, user):
    """Return the variables with which Pulumi authenticates as *user*."""
    return {
        "KAFKA_CLIENT_CERT": _keystore(world, user),
        "KAFKA_CLIENT_KEY": _keystore(world, user),
    }


def client(world):
    """Connect as the broker."""
    return AdminClient(
        {
            "bootstrap.servers": world.address("kafka"),
            "security.protocol": "SSL",
            "ssl.ca.location": str(world.tls / "ca.pem"),
            "ssl.certificate.location": _keystore(world, _BROKER),
            "ssl.key.location": _keystore(world, _BROKER),
            "log_level": 0,
        }
    )


def _prepare(world, toolchain):
    """Issue the certificates of one authority, and format the broker's storage."""
    authority = trustme.CA()
    authority.cert_pem.write_to_path(world.tls / "ca.pem")
    write_certificate(authority.issue_cert(HOST), world.tls / "server.pem")
    for user in _USERS:
        issued = authority.issue_cert(HOST, common_name=user)
        write_certificate(issued, Path(_keystore(world, user)))
    file = world.folder / "kafka.properties"
    write_private(file, "".join(f"{key}={value}\n" for key, value in _properties(world).items()))
    tool = [*java(toolchain), "kafka.tools.StorageTool", "format", "--cluster-id", _CLUSTER_ID]
    subprocess.run([*tool, "--config", str(file)], check=True, capture_output=True)


def _properties(world):
    return {
        "process.roles": "broker,controller",
        "node.id": 1,
        "controller.quorum.voters": f"1@{world.address('kafka-controller')}",
        "listeners": f"CLIENT://{world.address('kafka')},"
        f"CONTROLLER://{world.address('kafka-controller')}",
        "listener.security.protocol.map": "CLIENT:SSL,CONTROLLER:SSL",
        "inter.broker.listener.name": "CLIENT",
        "controller.listener.names": "CONTROLLER",
        "ssl.client.auth": "required",
        "ssl.principal.mapping.rules": "RULE:^CN=([^,]+).*$/$1/",
        "ssl.keystore.type": "PEM",
        "ssl.keystore.location": _keystore(world, _BROKER),
        "ssl.truststore.type": "PEM",
        "ssl.truststore.location": world.tls / "ca.pem",
        "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
        "super.users": _ALLOWED,
        "offsets.topic.replication.factor": 1,
        "log.dirs": world.folder / "data" / "kafka",
    }


def _keystore(world, user):
    return str(world.tls / f"{user}.pem")


def _processes(world, toolchain):
    machine = ("-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1")
    yield Process(
        name="kafka",
        command=[*java(toolchain, *machine), "kafka.Kafka", str(world.folder / "kafka.properties")],
        is_healthy=partial(_is_healthy, world),
    )


def _is_healthy(world):
    try:
        return bool(client(world).list_topics(timeout=5).brokers)
    except KafkaException:
        return False


SERVER = Server(
    ports=["kafka", "kafka-controller"],
    prepare=_prepare,
    processes=_processes,
    environment=lambda world: certificate_of(world, "pulumi"),
    config=lambda world: {
        "kafka": {"bootstrap_servers": [world.address("kafka")], "sasl_mechanism": "none"}
    },
)
