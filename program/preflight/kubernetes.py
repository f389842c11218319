"""The cluster must answer and serve the custom resources."""

from collections.abc import Iterable, Iterator

from clients.kubernetes import Cluster


def problems(context: str, kinds: Iterable[tuple[str, str]]) -> Iterator[str]:
    """
    Yield each of *kinds* (apiVersion, kind) that the cluster of *context* does not serve.

    The provider treats an unreachable cluster as an unchanged one (after 92 s, measured). It also
    retries for a minute for each object whose custom resource definition is not installed.

    Raises:
        NoAnswerError: The cluster does not answer, or refuses.
    """
    cluster = Cluster(context)
    for version, kind in kinds:
        if kind not in cluster.kinds(version):
            yield (
                f"Kubernetes at {cluster.address} has no {kind} ({version}): install the operator "
                "that brings it"
            )
