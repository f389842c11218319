"""The whole sandbox, whose Kubernetes API `pulumi` reaches through a proxy."""

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sandbox.servers import kafka
from sandbox.servers.kubernetes import api
from sandbox.world import World
from tests.engine.faults.driver import Changes, Faulty, state_file
from tests.engine.kafka_clients import EVERY_ACL, SECONDS, TOPIC, result
from tests.engine.killing import comparable
from tests.engine.polling import eventually

RULE = "alert-rules-payment-saga"
AUDIT_LOG = f"topics-{TOPIC}"
_RULES = "/apis/monitoring.coreos.com/v1/namespaces/monitoring/prometheusrules"


@dataclass(frozen=True)
class Whole(Faulty):
    """
    The whole sandbox.

    Args:
        anew: The name of the resource that is created under each fault.
    """

    anew: str = RULE

    @property
    def addresses(self) -> Changes:
        return {}

    def contents(self) -> Mapping[str, Any]:
        admin = kafka.admin(self.sandbox.world)
        topics = admin.list_topics(timeout=SECONDS).topics
        rules = api(self.sandbox.world, "admin").get(_RULES)["items"]
        return {
            "state": _unlabelled(comparable(self.sandbox.state())),
            "topics": {name: len(topic.partitions) for name, topic in topics.items()},
            "acls": sorted(map(str, admin.describe_acls(EVERY_ACL).result(SECONDS))),
            "rules": sorted(rule["metadata"]["name"] for rule in rules),
        }

    def destroy(self) -> None:
        """Destroy the resource and its dependents, and keep a copy of the state without them."""
        state = self.sandbox.state()["resources"]
        (urn,) = [r["urn"] for r in state if r["urn"].endswith(f"::{self.anew}")]
        done = self.pulumi(
            *("destroy", "--yes", "--skip-preview", "--target", urn, "--target-dependents")
        )
        assert done.returncode == 0, done.stdout
        shutil.copy(state_file(self.sandbox), self.empty)

    def empty_all(self) -> None:
        """Delete the resource, and put the copy of the state in place."""
        {RULE: _delete_rule, AUDIT_LOG: _delete_topic}[self.anew](self.sandbox.world)
        shutil.copy(self.empty, state_file(self.sandbox))


def _unlabelled(value: Any) -> Any:
    """Drop a label that the provider writes into the state for what it creates, not imports."""
    if isinstance(value, dict):
        return {k: _unlabelled(v) for k, v in value.items() if k != "app.kubernetes.io/managed-by"}
    return [_unlabelled(each) for each in value] if isinstance(value, list) else value


def _delete_rule(world: World) -> None:
    place = f"{_RULES}/waqiti-payment-saga"
    if api(world, "admin").find(place):
        api(world, "admin").delete(place)


def _delete_topic(world: World) -> None:
    admin = kafka.admin(world)
    if TOPIC in admin.list_topics(timeout=SECONDS).topics:
        result(admin.delete_topics([TOPIC]))
    eventually(lambda: TOPIC in admin.list_topics(timeout=SECONDS).topics, wanted=False)
