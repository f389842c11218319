"""The topics and users of the catalog, and the grants of Pulumi's principal."""

from collections.abc import Mapping, Sequence
from typing import Any

import yaml

from sandbox.world import CHECKOUT

# Pulumi's principal is not a super user: it manages ACLs, replicas, and the topics of the catalog.
CLUSTER_OPERATIONS = ("ALTER", "DESCRIBE", "DESCRIBE_CONFIGS")
TOPIC_OPERATIONS = ("CREATE", "DELETE", "DESCRIBE", "DESCRIBE_CONFIGS", "ALTER", "ALTER_CONFIGS")


def topics() -> Mapping[str, Mapping[str, Any]]:
    """Return the topics of the catalog."""
    return dict(yaml.safe_load((CHECKOUT / "catalog" / "topics.yaml").read_text(encoding="utf-8")))


def services() -> Sequence[str]:
    """Return the services that the topics name: each is a user of Kafka."""
    return sorted(
        {
            service
            for topic in topics().values()
            for service in topic["producers"] + topic["consumers"]
        }
    )
