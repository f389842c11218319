"""Kafka topics, and the ACLs of their producers and consumers."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NotRequired, TypedDict

import pulumi
import pulumi_kafka as kafka

from components.arguments import Problem, checked, refusals
from components.explaining import explained, lost
from systems import kafka as rules

_TERABYTE = 10**12
_PRINCIPAL = "User:{service}"
_MS_PER_DAY = 24 * 60 * 60 * 1000

_ON_TOPIC = (
    "Kafka does not permit this to Pulumi's principal: grant it Create, Describe, DescribeConfigs, "
    "Alter and AlterConfigs on this topic, and Delete to delete it"
)
_ON_CLUSTER = (
    "Kafka does not permit this to Pulumi's principal: grant it Describe, DescribeConfigs and "
    "Alter on the cluster"
)
_NO_ANSWER = "Kafka did not answer: see that its brokers run, and run it again"
# A part of the provider's error, and what it means: the broker's own text, or that of the client.
_REMEDIES = {
    "Topic authorization failed": _ON_TOPIC,
    "not authorized to access this topic": _ON_TOPIC,
    "Cluster authorization failed": _ON_CLUSTER,
    "not authorized to send this request type": _ON_CLUSTER,
    "already exists": (
        "Kafka has an unmanaged topic of this name: `pulumi import` it, or use another name"
    ),
    "SASL Authentication failed": (
        "Kafka refuses the user: set KAFKA_SASL_USERNAME and KAFKA_SASL_PASSWORD to valid values"
    ),
    "out of available brokers": _NO_ANSWER,
    "dial tcp": _NO_ANSWER,
    "broken pipe": _NO_ANSWER,
    **lost(_NO_ANSWER),
}


class ExpectedLoadArgs(TypedDict):
    """The load that the topic's owner expects, before compression."""

    records_per_second: int
    """Records per second."""
    record_bytes: int
    """Bytes of one record."""


class TopicArgs(TypedDict):
    """One topic, with the services that use it."""

    partitions: int
    """Number of partitions. Fewer than before replaces the topic and deletes its records."""
    config: NotRequired[dict[str, pulumi.Input[str]]]
    """Topic configuration under Kafka's own keys; drift in other keys is not detected."""
    producers: NotRequired[list[str]]
    """Services that may write."""
    consumers: NotRequired[list[str]]
    """Services that may read, each in the consumer group of its own name."""
    deny_deletion: NotRequired[bool]
    """Deny every principal the deletion of records and of the topic; super users bypass it."""
    expected: NotRequired[ExpectedLoadArgs]
    """The expected load; the size estimate in the preview is computed from it."""


class KafkaTopicsArgs(TypedDict):
    """The topics of one cluster."""

    topics: dict[str, TopicArgs]
    """Topics by name."""
    replication_factor: pulumi.Input[int]
    """Copies of each partition, the same for every topic."""
    principal_template: NotRequired[str]
    """The principal of a service, with `{service}` for its name; by default `User:{service}`."""
    client_host: NotRequired[str]
    """The address that clients connect from, as ACLs name it; by default `*`, any address."""
    idempotent_write: NotRequired[bool]
    """Grant producers IdempotentWrite on the cluster; brokers before 3.0 need it."""


@dataclass(frozen=True, kw_only=True)
class _Acl:
    name: str
    principal: str
    host: str
    operation: str
    permission: str
    resource_type: str
    resource_name: str

    def declare(self, component: str, opts: pulumi.ResourceOptions) -> None:
        kafka.Acl(
            f"{component}-{self.name}",
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
    """The names of the topics."""

    def __init__(
        self,
        name: str,
        args: KafkaTopicsArgs,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Declare the topics and ACLs of *args* under *name*."""
        args = checked("KafkaTopics", name, KafkaTopicsArgs, args, _problems)
        super().__init__("waqiti:index:KafkaTopics", name, {}, opts)
        hooks = explained(name, self, _REMEDIES)
        child = pulumi.ResourceOptions(parent=self, hooks=hooks)
        declared = []
        for topic_name, topic_args in sorted(args["topics"].items()):
            estimate = _size_estimate(topic_name, topic_args, args["replication_factor"])
            if estimate:
                pulumi.log.info(estimate, self)
            topic = kafka.Topic(
                f"{name}-{topic_name}",
                name=topic_name,
                partitions=topic_args["partitions"],
                replication_factor=args["replication_factor"],
                config=topic_args.get("config", {}),
                opts=child,
            )
            declared.append(topic.name)
            # A deny ACL also binds Pulumi: on deletion it goes before its topic.
            after_topic = pulumi.ResourceOptions(parent=self, depends_on=[topic], hooks=hooks)
            for acl in _topic_acls(topic_name, topic_args, args):
                acl.declare(name, after_topic)
        for acl in _service_acls(args):
            acl.declare(name, child)

        self.topic_names = pulumi.Output.all(*declared)
        self.register_outputs({"topic_names": self.topic_names})


def _problems(args: KafkaTopicsArgs) -> Iterator[Problem]:
    factor = args["replication_factor"]
    if isinstance(factor, int) and not 1 <= factor <= rules.SHORT:
        yield "replication_factor", f"{factor} copies: pass 1 to {rules.SHORT}"
    template = args.get("principal_template", _PRINCIPAL)
    yield from refusals("principal_template", rules.check_principal_template, template)
    yield from refusals("client_host", rules.check_client_host, args.get("client_host", "*"))
    for name, topic in args["topics"].items():
        yield from refusals(f"topics.{name}", rules.check_topic_name, name)
        yield from _topic_problems(f"topics.{name}", topic)
    for one, other in rules.colliding(args["topics"]):
        yield f"topics.{other}", f"Kafka's metrics mix it up with {one}: rename one"
    acls = [acl for name, topic in args["topics"].items() for acl in _topic_acls(name, topic, args)]
    for acl, count in Counter(acl.name for acl in [*acls, *_service_acls(args)]).items():
        if count > 1:
            yield "topics", f"two ACLs have the name {acl!r}: rename a topic or a service"


def _topic_problems(path: str, topic: TopicArgs) -> Iterator[Problem]:
    if not 1 <= topic["partitions"] <= rules.INT:
        yield f"{path}.partitions", f"{topic['partitions']}: pass at least 1"
    config = {k: v for k, v in topic.get("config", {}).items() if isinstance(v, str)}
    for key, reason in rules.text_config_faults(config):
        yield f"{path}.config.{key}", reason
    for load in ("records_per_second", "record_bytes"):
        value = topic["expected"][load] if "expected" in topic else 1
        if not 1 <= value <= rules.INT:
            yield f"{path}.expected.{load}", f"{value}: pass 1 to {rules.INT}"


def _topic_acls(topic: str, topic_args: TopicArgs, args: KafkaTopicsArgs) -> Iterator[_Acl]:
    for service in sorted(topic_args.get("producers", [])):
        yield _allow(f"{topic}-{service}-write", service, "Write", "Topic", topic, args)
    for service in sorted(topic_args.get("consumers", [])):
        yield _allow(f"{topic}-{service}-read", service, "Read", "Topic", topic, args)
    if topic_args.get("deny_deletion", False):
        # Kafka evaluates a deny before every allow, unmanaged prefixed ones included.
        yield _Acl(
            name=f"{topic}-deny-deletion",
            principal="User:*",
            host="*",
            operation="Delete",
            permission="Deny",
            resource_type="Topic",
            resource_name=topic,
        )


def _service_acls(args: KafkaTopicsArgs) -> Iterator[_Acl]:
    """Yield what a service needs once, however many topics it uses."""
    topics = args["topics"].values()
    for service in sorted({s for topic in topics for s in topic.get("consumers", [])}):
        yield _allow(f"{service}-group", service, "Read", "Group", service, args)
    if args.get("idempotent_write", False):
        for service in sorted({s for topic in topics for s in topic.get("producers", [])}):
            name = f"{service}-idempotent-write"
            yield _allow(name, service, "IdempotentWrite", "Cluster", "kafka-cluster", args)


def _allow(
    name: str,
    service: str,
    operation: str,
    resource_type: str,
    resource_name: str,
    args: KafkaTopicsArgs,
) -> _Acl:
    return _Acl(
        name=name,
        principal=rules.principal(args.get("principal_template", _PRINCIPAL), service),
        host=args.get("client_host", "*"),
        operation=operation,
        permission="Allow",
        resource_type=resource_type,
        resource_name=resource_name,
    )


def _size_estimate(topic: str, args: TopicArgs, factor: pulumi.Input[int]) -> str | None:
    retention = args.get("config", {}).get("retention.ms")
    if "expected" not in args or not isinstance(factor, int) or not isinstance(retention, str):
        return None
    kept_ms = int(retention)
    if kept_ms < 0:
        return f"{topic}: records never expire, so there is no size estimate"
    rate, size = args["expected"]["records_per_second"], args["expected"]["record_bytes"]
    one_copy = rate * size * kept_ms / 1000 / _TERABYTE
    return (
        f"{topic}: {rate:,} records/s of {size:,} bytes for {kept_ms / _MS_PER_DAY:,.0f} days are "
        f"{one_copy:,.1f} TB before compression, {one_copy * factor:,.1f} TB in {factor} copies"
    )
