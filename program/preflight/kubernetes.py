"""The cluster must answer, serve the kinds of the plan, and let Pulumi's user declare them."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import groupby
from operator import itemgetter

from clients.kubernetes import Cluster
from grants.kubernetes import Right

_AT_ONCE = 8  # a plan has a hundred rights; one after the other they take a second


def problems(
    context: str, kinds: Iterable[tuple[str, str]], rights: Sequence[Right], grants: str
) -> Iterator[str]:
    """
    Yield what the cluster of *context* does not serve, and what its user lacks.

    The provider treats an unreachable cluster as an unchanged one (after 92 s, measured). It also
    retries for a minute for each object whose custom resource definition is not installed.

    Args:
        context: The cluster's context in the kubeconfig.
        kinds: Those of the plan: (apiVersion, kind).
        rights: Those that the plan needs.
        grants: The command that prints what to grant.

    Raises:
        NoAnswerError: The cluster does not answer, or refuses.
    """
    cluster = Cluster(context)
    for version, wanted in groupby(sorted(kinds), key=itemgetter(0)):
        served = cluster.kinds(version)
        for _, kind in wanted:
            if kind not in served:
                yield (
                    f"Kubernetes at {cluster.address} has no {kind} ({version}): install the "
                    "operator that brings it"
                )
    for thing, verbs in _lacking(cluster, rights).items():
        yield (
            f"Kubernetes at {cluster.address}: the user of the context {context} may not "
            f"{', '.join(verbs)} {thing}: apply what `{grants}` prints"
        )


def _lacking(cluster: Cluster, rights: Sequence[Right]) -> Mapping[str, Sequence[str]]:
    """Return the verbs that the user lacks, by kind and namespace."""
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        allowed = list(
            pool.map(lambda r: cluster.may(r.verb, r.resource, r.group, r.namespace), rights)
        )
    lacking: dict[str, list[str]] = defaultdict(list)
    for right, is_allowed in zip(rights, allowed, strict=True):
        if not is_allowed:
            where = f" in the namespace {right.namespace}" if right.namespace else ""
            kind = ".".join(filter(None, (right.resource, right.group)))
            lacking[f"{kind}{where}"].append(right.verb)
    return lacking
