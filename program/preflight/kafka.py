"""Kafka must answer, accept Pulumi's principal, and let it do what the plan has."""

import socket
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor

from clients.kafka import Kafka
from settings import KafkaSettings
from systems.addresses import host_and_port

_TIMEOUT_SECONDS = 5


def problems(
    settings: KafkaSettings,
    on_cluster: Sequence[str],
    on_topics: Mapping[str, Sequence[str]],
    grants: str,
) -> Iterator[str]:
    """
    Yield that Kafka does not answer, or what its principal lacks.

    Without this check, a provider on a network that drops packets waits for minutes (135 s,
    measured) and then reports an error for every resource.

    Args:
        settings: How the provider connects.
        on_cluster: The operations on the cluster that the plan needs.
        on_topics: Those on each topic.
        grants: The command that prints what to grant.

    Raises:
        NoAnswerError: Kafka does not answer, or refuses.
    """
    addresses = settings.bootstrap_servers
    with ThreadPoolExecutor(len(addresses)) as pool:
        refusals = list(pool.map(_refusal, addresses))
    if all(refusals):
        attempts = ", ".join(f"{a} ({r})" for a, r in zip(addresses, refusals, strict=True))
        yield f"Kafka does not answer at {attempts}"
        return
    kafka = Kafka(addresses, settings.mechanism, tls=settings.tls_enabled)
    for place, operations in kafka.lacking(on_cluster, on_topics):
        if operations:
            yield (
                f"{kafka.name}: Pulumi's principal lacks "
                f"{', '.join(operations)} on {place}: run what `{grants}` prints"
            )


def _refusal(address: str) -> str | None:
    try:
        socket.create_connection(host_and_port(address), _TIMEOUT_SECONDS).close()
    except OSError as error:
        return (error.strerror or str(error)).lower()
    return None
