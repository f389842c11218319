"""PrometheusRules, CronJobs and Secrets in the stack's namespaces that it does not declare."""

from collections.abc import Iterator, Mapping
from typing import Any

from clients.failures import ForbiddenError, NoAnswerError
from clients.kubernetes import Cluster
from waqiti.unmanaged.thing import Stack, Thing

_EXTERNAL = "kubernetes:external-secrets.io/v1:ExternalSecret"
# apiVersion, plural and type of the resource.
_KINDS = {
    "PrometheusRule": (
        "monitoring.coreos.com/v1",
        "prometheusrules",
        "kubernetes:monitoring.coreos.com/v1:PrometheusRule",
    ),
    "CronJob": ("batch/v1", "cronjobs", "kubernetes:batch/v1:CronJob"),
    "Secret": ("v1", "secrets", "kubernetes:core/v1:Secret"),
}


def unmanaged(stack: Stack) -> Iterator[Thing]:
    """
    Yield each rule object, CronJob and Secret in the namespaces that the stack declares things in.

    Only metadata is asked for, so no value of a Secret leaves the cluster.

    Raises:
        NoAnswerError: The cluster does not answer, or does not permit a list.
    """
    cluster = Cluster(stack.provider("kubernetes")["context"])
    lacking: list[str] = []
    for namespace in _namespaces(stack):
        for kind, (version, plural, token) in _KINDS.items():
            declared = stack.ids(token)
            try:
                for found in cluster.metadata(version, plural, namespace):
                    identity = f"{namespace}/{found['name']}"
                    if identity not in declared and not _is_synced(stack, namespace, found):
                        yield Thing(f"Kubernetes {kind}", identity)
            except ForbiddenError:
                lacking.append(f"{plural} in {namespace}")
    if lacking:
        raise NoAnswerError(
            f"{cluster.name} does not let the user list {', '.join(lacking)}: apply what `waqiti "
            f"grants {stack.name} drift-kubernetes` prints"
        )


def _namespaces(stack: Stack) -> list[str]:
    """Return the namespaces of the stack's objects, sorted."""
    return sorted(
        {
            resource["id"].partition("/")[0]
            for resource in stack.state.resources
            if resource["type"].startswith("kubernetes:") and "/" in (resource.get("id") or "")
        }
    )


def _is_synced(stack: Stack, namespace: str, found: Mapping[str, Any]) -> bool:
    """Return whether External Secrets made the object from an object of the stack."""
    declared = stack.ids(_EXTERNAL)
    return any(
        owner["kind"] == "ExternalSecret" and f"{namespace}/{owner['name']}" in declared
        for owner in found.get("ownerReferences", ())
    )
