"""The arguments of `AuditReconciliation`."""

from collections.abc import Iterator
from typing import NotRequired, TypedDict

import pulumi

from components.arguments import Problem, refusals
from systems import addresses, kafka, kubernetes

MECHANISMS = ("plain", "scram-sha256", "scram-sha512")


class KafkaClientArgs(TypedDict):
    """How the pods reach Kafka."""

    bootstrap_servers: list[str]
    """`host:port` of brokers."""
    tls: bool
    """Whether the connections use TLS."""
    mechanism: NotRequired[str]
    """The SASL mechanism: plain, scram-sha256 or scram-sha512; by default a certificate alone."""
    authorities: NotRequired[str]
    """The certificate authorities to trust, as PEM; by default those of the image."""
    addresses: list[str]
    """The networks (CIDR) of all brokers, for the network policy."""


class OperationsArgs(TypedDict):
    """The service that keeps the ledger of the operations."""

    service: str
    """The name of its Service."""
    namespace: str
    """The namespace of the Service."""
    port: int
    """The port of the Service and of its pods."""
    path: str
    """The path of the ledger."""


class AuditReconciliationArgs(TypedDict):
    """The job, the topic that it reads, and the ledger that it compares it with."""

    namespace: str
    """The namespace of everything but the ServiceMonitor."""
    existing_namespace: NotRequired[bool]
    """Use a namespace that another resource declares; by default this component declares it."""
    object_name: NotRequired[str]
    """The name that all objects have; by default the component's name."""
    image: str
    """The image that the pods run, by digest."""
    topic: pulumi.Input[str]
    """The topic of the audit records."""
    group: str
    """The consumer group in which the pods read it: the name of their principal's service."""
    kafka: KafkaClientArgs
    """How the pods reach Kafka."""
    operations: OperationsArgs
    """The ledger of the operations."""
    secret_store: pulumi.Input[str]
    """The ClusterSecretStore that reads Vault."""
    secret: pulumi.Input[str]
    """The path in Vault of `kafka-identity` and `kafka-credential`."""
    monitoring_namespace: str
    """The namespace of Prometheus and of the ServiceMonitor."""
    monitoring_labels: dict[str, str]
    """The labels by which Prometheus selects a ServiceMonitor."""


def problems(name: str, args: AuditReconciliationArgs) -> Iterator[Problem]:
    """Yield what Kubernetes or Kafka would refuse."""
    yield from refusals("object_name", kubernetes.check_label, object_name(name, args))
    yield from refusals("namespace", kubernetes.check_label, args["namespace"])
    yield from refusals(
        "monitoring_namespace", kubernetes.check_label, args["monitoring_namespace"]
    )
    yield from refusals("image", kubernetes.check_image, args["image"])
    if isinstance(args["topic"], str):
        yield from refusals("topic", kafka.check_topic_name, args["topic"])
    if not args["monitoring_labels"]:
        yield "monitoring_labels", "none: pass the labels that Prometheus selects its objects by"
    yield from _kafka_problems(args["kafka"])
    yield from _operations_problems(args["operations"])


def _kafka_problems(client: KafkaClientArgs) -> Iterator[Problem]:
    for index, address in enumerate(client["bootstrap_servers"]):
        path = f"kafka.bootstrap_servers[{index}]"
        yield from refusals(path, addresses.check_address, address)
    for index, network in enumerate(client["addresses"]):
        yield from refusals(f"kafka.addresses[{index}]", addresses.check_network, network)
    for key in ("bootstrap_servers", "addresses"):
        if not client[key]:
            yield f"kafka.{key}", "none: the pods could not reach Kafka: pass at least one"
    mechanism = client.get("mechanism")
    if mechanism is not None and mechanism not in MECHANISMS:
        yield "kafka.mechanism", f"{mechanism!r}: pass one of {', '.join(MECHANISMS)}"
    if mechanism is None and not client["tls"]:
        yield "kafka.tls", "false: without SASL the pods need a certificate: pass true"


def _operations_problems(operations: OperationsArgs) -> Iterator[Problem]:
    for key in ("service", "namespace"):
        yield from refusals(f"operations.{key}", kubernetes.check_label, operations[key])
    if not 1 <= operations["port"] <= addresses.LARGEST_PORT:
        most = addresses.LARGEST_PORT
        yield "operations.port", f"{operations['port']}: use a number from 1 to {most}"
    if not operations["path"].startswith("/"):
        yield "operations.path", f"{operations['path']!r}: start it with `/`"


def object_name(name: str, args: AuditReconciliationArgs) -> str:
    """Return the name of every object of the component *name*."""
    return args.get("object_name", name)
