"""A cluster for the tests that need no Kafka: its servers, what is put into it, what it tells."""

import base64
from dataclasses import dataclass

import requests

from sandbox import alertmanager, kubernetes, openbao, prometheus, supervision
from sandbox.kubernetes import contents
from sandbox.kubernetes.api import Api
from sandbox.operators import server as operators
from sandbox.servers import prepare, servers
from sandbox.toolchain.cache import Toolchain
from sandbox.world import World

# All but Kafka and PagerDuty, which nothing here asks.
SERVERS = {
    "openbao",
    "etcd",
    "kube-apiserver",
    "kube-controller-manager",
    "kube-scheduler",
    "kwok",
    "prometheus",
    "alertmanager",
    "operators",
}
SELECTED = dict(operators.RULE_SELECTOR)


@dataclass(frozen=True)
class Cluster:
    """The servers of a cluster, started and known to each other."""

    world: World
    toolchain: Toolchain

    def start(self) -> None:
        prepare(self.world, self.toolchain)
        table = [s for s in servers(self.world, self.toolchain) if s.name in SERVERS]
        supervision.start(self.world, table)
        openbao.introduce(self.world)
        kubernetes.introduce(self.world)

    def stop(self) -> None:
        supervision.stop(self.world)

    @property
    def admin(self) -> Api:
        return kubernetes.api(self.world, "admin")

    @property
    def pulumi(self) -> Api:
        return kubernetes.api(self.world, "pulumi")


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
    told = requests.get(f"{prometheus.url(cluster.world)}/api/v1/rules", timeout=5).json()
    return {
        group["name"]: [(r["name"], r["query"], r["health"]) for r in group["rules"]]
        for group in told["data"]["groups"]
    }


def troubles(cluster, operator, namespace):
    told = requests.get(operators.url(cluster.world), timeout=5).json()[operator]
    return [t for t in told["troubles"] if f" {namespace}/" in t]


def events(cluster, namespace):
    listing = cluster.admin.list(f"/api/v1/namespaces/{namespace}/events")
    return [
        (e["involvedObject"]["kind"], e["involvedObject"]["name"], e["reason"], e["message"])
        for e in listing.objects
        if e["source"].get("component", "").startswith("sandbox-")
    ]


def held(cluster, namespace, name):
    """Give what a Secret holds, or nothing where there is none."""
    found = cluster.admin.find(f"/api/v1/namespaces/{namespace}/secrets/{name}") or {}
    return {key: base64.b64decode(v).decode() for key, v in found.get("data", {}).items()}


def ready(cluster, namespace, name):
    path = f"/apis/external-secrets.io/v1/namespaces/{namespace}/externalsecrets/{name}"
    conditions = cluster.admin.get(path).get("status", {}).get("conditions", [])
    return [(c["type"], c["status"], c["reason"], c["message"]) for c in conditions]


def alertmanager_config(cluster):
    told = requests.get(f"{alertmanager.url(cluster.world)}/api/v2/status", timeout=5).json()
    return told["config"]["original"]


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
