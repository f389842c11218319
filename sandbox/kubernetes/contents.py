"""What a cluster holds before Pulumi comes: who may do what, and what its operators brought."""

import base64
import hashlib
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

import requests
import yaml

from sandbox.kubernetes.api import Api, ApiError, Object
from sandbox.world import World

STORE = "vault"  # what `ExternalSecret` objects name

_CLUSTER = Path(__file__).with_name("cluster.yaml")
_CUSTOM_RESOURCES = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
_VOLUMES = "/api/v1/persistentvolumes"
_DIGEST = "sandbox.waqiti.com/definition"
_STORE_API = "external-secrets.io/v1"
_KIND_SECONDS = 30
_POLL_SECONDS = 0.1
_NOT_YET = {requests.codes.not_found, requests.codes.too_many_requests}


def introduce(world: World, cluster: Api, definitions: Iterable[Path]) -> None:
    """Put it all into *cluster*; each of the *definitions* is named by group and plural."""
    _release_volumes(cluster)
    for described in yaml.safe_load_all(_CLUSTER.read_text(encoding="utf-8")):
        cluster.apply(described)
    for definition in definitions:
        _define(cluster, definition)
    _await_kind(cluster, f"/apis/{_STORE_API}/clustersecretstores")
    for described in _secret_store(world):
        cluster.apply(described)


def _release_volumes(cluster: Api) -> None:
    """Take away the volumes whose claims are gone, as an administrator would: none binds twice."""
    for volume in cluster.list(_VOLUMES).objects:
        if volume.get("status", {}).get("phase") == "Released":
            cluster.delete(f"{_VOLUMES}/{volume['metadata']['name']}")


def _define(cluster: Api, definition: Path) -> None:
    """Define a kind, unless it is: the server works for seconds on a definition of this length."""
    group, _, plural = definition.stem.partition("_")
    path, text = f"{_CUSTOM_RESOURCES}/{plural}.{group}", definition.read_bytes()
    digest = hashlib.sha256(text).hexdigest()
    known = cluster.find(path)
    if known is None or known["metadata"].get("annotations", {}).get(_DIGEST) != digest:
        cluster.apply_text(path, text)
        cluster.annotate(path, {_DIGEST: digest})


def _await_kind(cluster: Api, path: str) -> None:
    """Wait until the API serves a kind that was just defined."""
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


def _secret_store(world: World) -> Iterator[Object]:
    """Give what lets `ExternalSecret` objects name OpenBao, with a token of its own."""
    name, namespace = "openbao-token", "external-secrets"
    yield {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": name, "namespace": namespace},
        "stringData": {"token": world.credentials["openbao/external-secrets"]},
    }
    yield {
        "apiVersion": _STORE_API,
        "kind": "ClusterSecretStore",
        "metadata": {"name": STORE},
        "spec": {
            "provider": {
                "vault": {
                    "server": f"https://{world.address('openbao')}",
                    "path": "secret",
                    "version": "v2",
                    "caBundle": base64.b64encode((world.tls / "ca.pem").read_bytes()).decode(),
                    "auth": {
                        "tokenSecretRef": {"name": name, "namespace": namespace, "key": "token"}
                    },
                }
            }
        },
    }
