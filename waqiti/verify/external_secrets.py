"""The Secrets in the cluster must be those of the current ExternalSecrets."""

from collections.abc import Iterator

from clients.kubernetes import Cluster
from waqiti.state import State

_KIND = "kubernetes:external-secrets.io/v1:ExternalSecret"


def differences(state: State) -> Iterator[str]:
    """
    Yield a sentence for each ExternalSecret whose current version is not synced.

    Raises:
        NoAnswerError: The cluster does not answer, or refuses.
    """
    clusters: dict[str, Cluster] = {}
    for resource in state.of_type(_KIND):
        context = state.provider(resource)["context"]
        cluster = clusters.setdefault(context, Cluster(context))
        namespace, _, name = resource["id"].rpartition("/")
        if reason := cluster.unsynced(namespace, name):
            yield (
                f"ExternalSecret {resource['id']} {reason}: read its Events, and the log of "
                "External Secrets"
            )
