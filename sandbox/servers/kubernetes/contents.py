"""The content of a cluster before Pulumi runs: node, namespaces, roles, custom resources."""

import base64
import hashlib
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

import requests
import yaml

from sandbox.estate import kubernetes as estate
from sandbox.estate.grants import granted
from sandbox.estate.openbao import MOUNT
from sandbox.servers.kubernetes.api import Api, ApiError, Object
from sandbox.world import World

STORE = "vault"  # the name in `ExternalSecret` objects

# The user of OpenBao behind each store, and the only namespaces that it serves; none means all.
_STORES = {
    STORE: ("external-secrets", []),
    "vault-legal-officer": ("legal-officer", ["legal-officer"]),
}

_CLUSTER = Path(__file__).with_name("cluster.yaml")
_CUSTOM_RESOURCES = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
_VOLUMES = "/api/v1/persistentvolumes"
_DIGEST = "sandbox.local/definition"
_STORE_API = "external-secrets.io/v1"
_KIND_SECONDS = 30
_POLL_SECONDS = 0.1
_NOT_YET = {requests.codes.not_found, requests.codes.too_many_requests}


def seed(world: World, cluster: Api, definitions: Iterable[Path]) -> None:
    """Seed *cluster* as its administrator would; a definition's file is named GROUP_PLURAL."""
    _delete_released_volumes(cluster)
    files = [file.read_text(encoding="utf-8") for file in (_CLUSTER, estate.OBJECTS)]
    for text in (*files, granted("kubernetes"), granted("drift-kubernetes")):
        for described in yaml.safe_load_all(text):
            cluster.apply(described)
    for definition in definitions:
        _define(cluster, definition)
    _await_kind(cluster, f"/apis/{_STORE_API}/clustersecretstores")
    for store in _STORES:
        for described in _secret_store(world, store):
            cluster.apply(described)


def _delete_released_volumes(cluster: Api) -> None:
    """Delete released volumes, as an administrator does: a released volume is never bound again."""
    for volume in cluster.list(_VOLUMES).objects:
        if volume.get("status", {}).get("phase") == "Released":
            cluster.delete(f"{_VOLUMES}/{volume['metadata']['name']}")


def _define(cluster: Api, definition: Path) -> None:
    """Define a kind unless it exists: the server needs seconds for such a long definition."""
    group, _, plural = definition.stem.partition("_")
    path, text = f"{_CUSTOM_RESOURCES}/{plural}.{group}", definition.read_bytes()
    digest = hashlib.sha256(text).hexdigest()
    known = cluster.find(path)
    if known is None or known["metadata"].get("annotations", {}).get(_DIGEST) != digest:
        cluster.apply_text(path, text)
        cluster.annotate(path, {_DIGEST: digest})


def _await_kind(cluster: Api, path: str) -> None:
    """Wait until the API serves a new kind."""
    deadline = time.monotonic() + _KIND_SECONDS
    while True:
        try:
            cluster.list(path)
        except ApiError as error:
            if error.status not in _NOT_YET or time.monotonic() > deadline:
                raise
            time.sleep(_POLL_SECONDS)
        else:
            return


def _secret_store(world: World, store: str) -> Iterator[Object]:
    """Return a store that `ExternalSecret` objects name: OpenBao, with a token of its own."""
    user, served = _STORES[store]
    name, namespace = f"openbao-token-{user}", "external-secrets"
    yield {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": name, "namespace": namespace},
        "stringData": {"token": world.credentials[f"openbao/{user}"]},
    }
    yield {
        "apiVersion": _STORE_API,
        "kind": "ClusterSecretStore",
        "metadata": {"name": store},
        "spec": {
            **({"conditions": [{"namespaces": served}]} if served else {}),
            "provider": {
                "vault": {
                    "server": f"https://{world.address('openbao')}",
                    "path": MOUNT,
                    "version": "v2",
                    "caBundle": base64.b64encode((world.tls / "ca.pem").read_bytes()).decode(),
                    "auth": {
                        "tokenSecretRef": {"name": name, "namespace": namespace, "key": "token"}
                    },
                }
            },
        },
    }
