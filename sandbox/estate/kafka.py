"""The topics and users of the catalog."""

from collections.abc import Mapping, Sequence
from typing import Any

import yaml

from sandbox.world import CHECKOUT


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
