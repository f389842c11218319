"""The Secrets in the cluster must be those of the current ExternalSecrets."""

from collections.abc import Iterator
from functools import cache

from clients.kubernetes import Cluster
from waqiti.state import State

_KIND = "kubernetes:external-secrets.io/v1:ExternalSecret"


def differences(state: State) -> Iterator[str]:
    """
    Yield a sentence for each ExternalSecret whose current version is not synced.

    Raises:
        NoAnswerError: The cluster does not answer, or refuses.
    """
    connect = cache(Cluster)  # it reads the kubeconfig
    for resource in state.of_type(_KIND):
        cluster = connect(state.provider(resource)["context"])
        namespace, _, name = resource["id"].rpartition("/")
        if reason := cluster.unsynced(namespace, name):
            yield (
                f"ExternalSecret {resource['id']} {reason}: read its Events, and the log of "
                "External Secrets"
            )
