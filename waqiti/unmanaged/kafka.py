"""Topics and ACLs that the stack does not declare."""

import json
import os
from collections.abc import Iterator

from clients.kafka import Kafka
from waqiti.unmanaged.thing import Stack, Thing

_INTERNAL = "__"  # the brokers create these topics themselves


def unmanaged(stack: Stack) -> Iterator[Thing]:
    """
    Yield each ACL and each topic of the cluster that the stack does not declare.

    Raises:
        NoAnswerError: Kafka does not answer, refuses, or hides topics.
    """
    provider = stack.provider("kafka")
    servers = provider["bootstrapServers"]
    cluster = Kafka(
        json.loads(servers) if isinstance(servers, str) else servers,
        # As the provider: without a user, it uses no SASL.
        provider["saslMechanism"] if "KAFKA_SASL_USERNAME" in os.environ else None,
        tls=str(provider["tlsEnabled"]).lower() == "true",
    )
    for acl in cluster.acls() - stack.ids("kafka:index/acl:Acl"):
        yield Thing("Kafka ACL", acl)
    for topic in cluster.topics() - stack.ids("kafka:index/topic:Topic"):
        if not topic.startswith(_INTERNAL):
            yield Thing("Kafka topic", topic)
