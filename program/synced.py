"""
What an `up` waits for after its last change; a preview waits for nothing.

An ExternalSecret keeps its condition `Ready` while a new version of it waits for External Secrets,
so the provider's own wait ends too early. The generation that External Secrets synced is compared
here instead.
"""

import asyncio
import time
from collections.abc import Awaitable, Iterable, Mapping

import pulumi

from clients.failures import NoAnswerError
from clients.kubernetes import Cluster

_SECONDS = 60
_POLL_SECONDS = 0.5


def require_synced(
    context: str, *external_secrets: pulumi.Output[list[str]]
) -> pulumi.Output[list[str]]:
    """
    Return the ids of *external_secrets*, once their Secrets are current; else fail the `up`.

    Args:
        context: The cluster's context in the kubeconfig.
        external_secrets: Their ids (`namespace/name`), known once they are written.
    """
    if pulumi.runtime.is_dry_run():
        return pulumi.Output.from_input([])

    def wait(ids: list[list[str]]) -> Awaitable[list[str]]:
        return asyncio.to_thread(_wait, context, [one for some in ids for one in some])

    return pulumi.Output.all(*external_secrets).apply(wait)


def _wait(context: str, ids: list[str]) -> list[str]:
    if late := unsynced(context, ids, _SECONDS):
        raise pulumi.RunError("\n  ".join(late))
    return ids


def unsynced(context: str, ids: Iterable[str], seconds: float) -> list[str]:
    """Return a sentence for each of *ids* that is not synced after at most *seconds*."""
    try:
        cluster = Cluster(context)
    except NoAnswerError as error:
        return [f"External Secrets could not be waited for: {error}"]
    deadline = time.monotonic() + seconds
    waiting = _reasons(cluster, ids)
    while waiting and time.monotonic() < deadline:
        time.sleep(_POLL_SECONDS)
        waiting = _reasons(cluster, waiting)
    return [
        f"ExternalSecret {identity} {why} after {seconds:.0f} s: read its Events, and the log of "
        "External Secrets, and run it again"
        for identity, why in waiting.items()
    ]


def _reasons(cluster: Cluster, ids: Iterable[str]) -> Mapping[str, str]:
    return {identity: why for identity in ids if (why := _reason(cluster, identity))}


def _reason(cluster: Cluster, identity: str) -> str | None:
    namespace, _, name = identity.rpartition("/")
    try:
        return cluster.unsynced(namespace, name)
    except NoAnswerError as error:
        return f"could not be read: {error}"
