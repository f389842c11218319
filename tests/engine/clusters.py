"""A cluster for tests that need no Kafka: its servers, test objects, and queries."""

import base64
from dataclasses import dataclass

import requests

from sandbox import supervision
from sandbox.engine.toolchain.cache import Toolchain
from sandbox.servers import alertmanager, kubernetes, openbao, operators, prometheus
from sandbox.servers.kubernetes import contents
from sandbox.servers.kubernetes.api import Api
from sandbox.world import World
from tests.engine.sandboxes import start

# The servers that these tests need.
SERVERS = [
    openbao.SERVER,
    kubernetes.SERVER,
    prometheus.SERVER,
    alertmanager.SERVER,
    operators.SERVER,
]
SELECTED = dict(operators.RULE_SELECTOR)


@dataclass(frozen=True)
class Cluster:
    """The servers of a cluster."""

    world: World
    toolchain: Toolchain

    def start(self) -> None:
        start(self.world, self.toolchain, SERVERS)
        # The tests' own ExternalSecrets name secrets that no stack declares.
        openbao.administrator(self.world).sys.create_or_update_acl_policy(
            "external-secrets", 'path "secret/data/alerting/*" { capabilities = ["read"] }'
        )

    def stop(self) -> None:
        supervision.stop(self.world)

    @property
    def admin(self) -> Api:
        return kubernetes.api(self.world, "admin")

    @property
    def pulumi(self) -> Api:
        return kubernetes.api(self.world, "pulumi")


def claim_of(world, namespace):
    path = f"/api/v1/namespaces/{namespace}/persistentvolumeclaims/legal-documents"
    return kubernetes.api(world, "admin").get(path)


def put_secret(cluster, path, **values):
    root = openbao.administrator(cluster.world)
    root.secrets.kv.v2.create_or_update_secret(f"alerting/{path}", values, mount_point="secret")


def rule(namespace, name, *, labels, expression="vector(1)"):
    group = {"name": name, "rules": [{"alert": "Always", "expr": expression}]}
    return {
        "apiVersion": "monitoring.coreos.com/v1",
        "kind": "PrometheusRule",
        "metadata": {"name": name, "namespace": namespace, "labels": labels},
        "spec": {"groups": [group]},
    }


def external_secret(namespace, name, key, **spec):
    entry = {"secretKey": "key", "remoteRef": {"key": key, "property": "key"}}
    store = {"name": contents.STORE, "kind": "ClusterSecretStore"}
    return {
        "apiVersion": "external-secrets.io/v1",
        "kind": "ExternalSecret",
        "metadata": {"name": name, "namespace": namespace},
        "spec": {"secretStoreRef": store, "refreshInterval": "1s", "data": [entry], **spec},
    }


def secret(namespace, name, **values):
    return {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": name, "namespace": namespace},
        "stringData": values,
    }


def rule_groups(cluster):
    reported = requests.get(f"{prometheus.url(cluster.world)}/api/v1/rules", timeout=5).json()
    return {
        group["name"]: [(r["name"], r["query"], r["health"]) for r in group["rules"]]
        for group in reported["data"]["groups"]
    }


def problems(cluster, operator, namespace):
    reported = requests.get(operators.url(cluster.world), timeout=5).json()[operator]
    return [t for t in reported["troubles"] if f" {namespace}/" in t]


def events(cluster, namespace):
    listing = cluster.admin.list(f"/api/v1/namespaces/{namespace}/events")
    return [
        (e["involvedObject"]["kind"], e["involvedObject"]["name"], e["reason"], e["message"])
        for e in listing.objects
        if e["source"].get("component", "").startswith("sandbox-")
    ]


def held(cluster, namespace, name):
    """Return the data of a Secret; a missing Secret has none."""
    found = cluster.admin.find(f"/api/v1/namespaces/{namespace}/secrets/{name}") or {}
    return {key: base64.b64decode(v).decode() for key, v in found.get("data", {}).items()}


def ready(cluster, namespace, name):
    path = f"/apis/external-secrets.io/v1/namespaces/{namespace}/externalsecrets/{name}"
    conditions = cluster.admin.get(path).get("status", {}).get("conditions", [])
    return [(c["type"], c["status"], c["reason"], c["message"]) for c in conditions]


def alertmanager_config(cluster):
    reported = requests.get(f"{alertmanager.url(cluster.world)}/api/v2/status", timeout=5).json()
    return reported["config"]["original"]


PAGING = """\
route:
  receiver: {receiver}
receivers:
- name: {receiver}
  pagerduty_configs:
  - routing_key_file: /etc/alertmanager/secrets/paging/routing-key
"""


def configure(cluster, text):
    cluster.admin.apply(secret("monitoring", "alertmanager-main", **{"alertmanager.yaml": text}))
