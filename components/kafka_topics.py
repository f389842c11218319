"""Kafka topics, and who may do what with them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import pulumi
import pulumi_kafka as kafka

from catalog import Topic
from catalog.topics import MS_PER_DAY
from settings import KafkaSettings

_TERABYTE = 10**12


@dataclass(frozen=True, kw_only=True)
class KafkaTopicsArgs:
    """
    What `KafkaTopics` needs.

    Args:
        topics: Topics by name.
        cluster: The cluster that they are on.
    """

    topics: Mapping[str, Topic]
    cluster: KafkaSettings


@dataclass(frozen=True, kw_only=True)
class _Grant:
    what: str
    principal: str
    host: str
    operation: str
    permission: str
    resource_type: str
    resource_name: str

    def declare(self, name: str, opts: pulumi.ResourceOptions) -> None:
        kafka.Acl(
            f"{name}-{self.what}",
            acl_principal=self.principal,
            acl_host=self.host,
            acl_operation=self.operation,
            acl_permission_type=self.permission,
            acl_resource_type=self.resource_type,
            acl_resource_name=self.resource_name,
            resource_pattern_type_filter="Literal",
            opts=opts,
        )


class KafkaTopics(pulumi.ComponentResource):
    """
    Topics, each with the complete set of ACLs that its producers and consumers need.

    Deleting a topic, or giving it fewer partitions, deletes its records: pass `protect=True` in
    *opts* where they matter; children inherit it.
    """

    topic_names: pulumi.Output[list[str]]

    def __init__(
        self,
        name: str,
        args: KafkaTopicsArgs,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Declare the topics and ACLs of *args* under *name*."""
        super().__init__("waqiti:kafka:Topics", name, {}, opts)
        child = pulumi.ResourceOptions(parent=self)
        declared = []
        for topic_name, spec in sorted(args.topics.items()):
            pulumi.log.info(_size_estimate(topic_name, spec, args.cluster.replication_factor), self)
            topic = kafka.Topic(
                f"{name}-{topic_name}",
                name=topic_name,
                partitions=spec.partitions,
                replication_factor=args.cluster.replication_factor,
                config=spec.config.as_kafka(),
                opts=child,
            )
            declared.append(topic.name)
            # The deny goes before its topic when both are deleted: it binds Pulumi as well.
            after_topic = pulumi.ResourceOptions(parent=self, depends_on=[topic])
            for grant in _topic_grants(topic_name, spec, args):
                grant.declare(name, after_topic)
        for grant in _service_grants(args):
            grant.declare(name, child)

        self.topic_names = pulumi.Output.all(*declared)
        self.register_outputs({"topic_names": self.topic_names})


def _topic_grants(topic: str, spec: Topic, args: KafkaTopicsArgs) -> Iterator[_Grant]:
    for service in sorted(spec.producers):
        yield _allow(f"{topic}-{service}-write", service, "Write", "Topic", topic, args)
    for service in sorted(spec.consumers):
        yield _allow(f"{topic}-{service}-read", service, "Read", "Topic", topic, args)
    if spec.audit:
        # A deny beats every allow, somebody else's prefixed one included; super users pass it.
        yield _Grant(
            what=f"{topic}-nobody-deletes",
            principal="User:*",
            host="*",
            operation="Delete",
            permission="Deny",
            resource_type="Topic",
            resource_name=topic,
        )


def _service_grants(args: KafkaTopicsArgs) -> Iterator[_Grant]:
    """Give what a service needs once, however many topics it uses."""
    for service in sorted({s for spec in args.topics.values() for s in spec.consumers}):
        yield _allow(f"{service}-group", service, "Read", "Group", service, args)
    if args.cluster.idempotent_write:
        for service in sorted({s for spec in args.topics.values() for s in spec.producers}):
            what = f"{service}-idempotent-write"
            yield _allow(what, service, "IdempotentWrite", "Cluster", "kafka-cluster", args)


def _allow(
    what: str,
    service: str,
    operation: str,
    resource_type: str,
    resource_name: str,
    args: KafkaTopicsArgs,
) -> _Grant:
    return _Grant(
        what=what,
        principal=args.cluster.principal_template.format(service=service),
        host=args.cluster.client_hosts.host,
        operation=operation,
        permission="Allow",
        resource_type=resource_type,
        resource_name=resource_name,
    )


def _size_estimate(topic: str, spec: Topic, replication_factor: int) -> str:
    rate, size = spec.expected.records_per_second, spec.expected.record_bytes
    kept_ms = spec.config.retention_ms
    if kept_ms < 0:
        return f"{topic}: kept for ever, so it has no size estimate"
    one_copy = rate * size * kept_ms / 1000 / _TERABYTE
    return (
        f"{topic}: {rate:,} records/s of {size:,} bytes for {kept_ms / MS_PER_DAY:,.0f} days are "
        f"{one_copy:,.1f} TB before compression, {one_copy * replication_factor:,.1f} TB "
        f"in {replication_factor} copies"
    )
