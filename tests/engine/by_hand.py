"""Objects that a company made by hand, each different in one property from what is declared."""

import json
from collections.abc import Mapping
from functools import partial
from typing import Any

import requests
from confluent_kafka.admin import (
    AclBinding,
    AclBindingFilter,
    AclOperation,
    AclPermissionType,
    ConfigResource,
    NewTopic,
    ResourcePatternType,
    ResourceType,
)

from grants import Declared, declare
from sandbox.servers import grafana, kafka, kubernetes, openbao
from sandbox.world import World
from tests.engine.kafka_clients import TOPIC, result
from tests.engine.paging_clients import SERVICE, rest
from tests.engine.polling import eventually

SECRET = "alerting/pagerduty"  # noqa: S105 - a path
BOARD = "waqiti-alerting"
RULES = "waqiti-alert-delivery"
COMPANYS_SECRET: dict[str, Any] = {
    "apiVersion": "v1",
    "kind": "Secret",
    "metadata": {"name": "alertmanager-main", "namespace": "monitoring"},
    "stringData": {"alertmanager.yaml": "route: {receiver: ours}\nreceivers: [{name: ours}]\n"},
}
# The kind of the added form of `AlertRouting`, which the sandbox's cluster does not serve.
ROUTES = {
    "apiVersion": "apiextensions.k8s.io/v1",
    "kind": "CustomResourceDefinition",
    "metadata": {"name": "alertmanagerconfigs.monitoring.coreos.com"},
    "spec": {
        "group": "monitoring.coreos.com",
        "names": {"kind": "AlertmanagerConfig", "plural": "alertmanagerconfigs"},
        "scope": "Namespaced",
        "versions": [
            {
                "name": "v1alpha1",
                "served": True,
                "storage": True,
                "schema": {
                    "openAPIV3Schema": {
                        "type": "object",
                        "x-kubernetes-preserve-unknown-fields": True,
                    }
                },
            }
        ],
    },
}
_KINDS = (
    "/apis/storage.k8s.io/v1/storageclasses",
    "/api/v1/namespaces/legal/persistentvolumeclaims",
    "/apis/monitoring.coreos.com/v1/namespaces/monitoring/prometheusrules",
    "/api/v1/namespaces/monitoring/secrets",
)
_DENIED = (ResourceType.TOPIC, TOPIC, ResourcePatternType.LITERAL, "User:*", "*")


def make(world: World) -> None:
    """Make one object in each system, and what it needs."""
    inputs = partial(_inputs, declare("local", "pulumi", None))
    _make_topic(world, inputs("kafka:index/topic:Topic", TOPIC))
    _make_pager(
        world,
        inputs("pagerduty:index/escalationPolicy:EscalationPolicy", SERVICE),
        inputs("pagerduty:index/service:Service", SERVICE),
    )
    openbao.administrator(world).secrets.kv.v2.create_or_update_secret(
        SECRET, {"integration_key": "made by hand"}, mount_point="secret"
    )
    _make_board(world, inputs("grafana:oss/dashboard:Dashboard", f'\\"uid\\":\\"{BOARD}\\"'))
    rules = inputs("kubernetes:monitoring.coreos.com/v1:PrometheusRule", f'"{RULES}"')
    rules["spec"]["groups"][0]["rules"][0]["for"] = "59m"
    claim = inputs("kubernetes:core/v1:PersistentVolumeClaim", "legal")
    claim["metadata"]["labels"] = {"app.kubernetes.io/part-of": "documents"}
    storage_class = inputs("kubernetes:storage.k8s.io/v1:StorageClass", "legal")
    for path, described in zip(_KINDS, (storage_class, claim, rules, COMPANYS_SECRET), strict=True):
        kubernetes.api(world, "admin").create(path, described)


def dump(world: World) -> dict[str, Any]:
    """Return what the systems have: every property, and every version that they count."""
    cluster, vault = kubernetes.api(world, "admin"), openbao.administrator(world).secrets.kv.v2
    return {
        "kafka": [_topics(world), _acls(world)],
        "pagerduty": {
            kind: sorted(rest(world).list_all(kind), key=lambda thing: thing["id"])
            for kind in ("services", "escalation_policies")
        },
        "vault": vault.read_secret_metadata(SECRET, mount_point="secret")["data"],
        "grafana": [_grafana(world, "GET", p) for p in ("folders", f"dashboards/uid/{BOARD}")],
        "kubernetes": {path: cluster.list(path).objects for path in _KINDS},
    }


def _inputs(declared: Declared, kind: str, name: str) -> Any:
    """Return a copy of the inputs of the resource whose inputs contain *name*."""
    texts = map(json.dumps, declared.of_type(kind))
    return json.loads(next(text for text in texts if name in text))


def _make_topic(world: World, topic: Mapping[str, Any]) -> None:
    admin = kafka.admin(world)
    config = topic["config"] | {"retention.ms": "60000"}
    made = NewTopic(TOPIC, int(topic["partitions"]), int(topic["replicationFactor"]), config=config)
    result(admin.create_topics([made]))
    denied = AclBinding(*_DENIED, AclOperation.DELETE, AclPermissionType.DENY)
    result(admin.create_acls([denied]))
    for node in kafka.NODES:  # each learns it a little later
        eventually(partial(_knows, world, node, str(denied)), wanted=True, seconds=30)


def _make_pager(world: World, policy: Mapping[str, Any], service: Mapping[str, Any]) -> None:
    client = rest(world)
    made = client.rpost(
        "escalation_policies",
        json={
            "type": "escalation_policy",
            "name": SERVICE,
            "description": policy["description"],
            "num_loops": 5,
            "escalation_rules": [
                {
                    "escalation_delay_in_minutes": int(rule["escalationDelayInMinutes"]),
                    "targets": rule["targets"],
                }
                for rule in policy["rules"]
            ],
        },
    )
    own = client.rpost(
        "services",
        json={
            "type": "service",
            "name": SERVICE,
            "description": service["description"],
            "acknowledgement_timeout": 600,
            "auto_resolve_timeout": int(service["autoResolveTimeout"]),
            "incident_urgency_rule": service["incidentUrgencyRule"],
            "escalation_policy": {"id": made["id"], "type": "escalation_policy_reference"},
        },
    )
    integration = {"type": "events_api_v2_inbound_integration", "name": "Events API v2 (1)"}
    client.rpost(f"services/{own['id']}/integrations", json=integration)


def _make_board(world: World, board: Mapping[str, Any]) -> None:
    _grafana(world, "POST", "folders", {"uid": "waqiti", "title": "Made by hand"})
    model = json.loads(board["configJson"])
    model["description"] = "Made by hand"
    _grafana(world, "POST", "dashboards/db", {"dashboard": model, "folderUid": "waqiti"})


def _grafana(world: World, method: str, path: str, body: Any = None) -> Any:
    token = {"Authorization": f"Bearer {world.credentials['grafana/pulumi']}"}
    url = f"{grafana.url(world)}/api/{path}"
    answer = requests.request(method, url, headers=token, json=body, timeout=10)
    answer.raise_for_status()
    return answer.json()


def _topics(world: World) -> dict[str, Any]:
    admin = kafka.admin(world)
    names = sorted(admin.list_topics(timeout=10).topics)
    found = {
        name: result(admin.describe_configs([ConfigResource(ConfigResource.Type.TOPIC, name)]))
        for name in names
    }
    return {name: {key: entry.value for key, entry in one.items()} for name, one in found.items()}


def _knows(world: World, node: int, acl: str) -> bool:
    return acl in _acls(world, node)


def _acls(world: World, *nodes: int) -> list[str]:
    every: Any = None
    anything = (ResourceType.ANY, every, ResourcePatternType.ANY, every, every)
    wanted = AclBindingFilter(*anything, AclOperation.ANY, AclPermissionType.ANY)
    admin = kafka.admin(world, *nodes)  # a temporary one would close before it answers
    return sorted(map(str, admin.describe_acls(wanted).result(10)))
