"""Kafka must accept a connection."""

import socket
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

from systems.addresses import host_and_port

_TIMEOUT_SECONDS = 5


def problems(addresses: Sequence[str]) -> Iterator[str]:
    """
    Yield that none of *addresses* (`host:port`) accepts a connection.

    Without this check, a provider on a network that drops packets waits for minutes (135 s,
    measured) and then reports an error for every resource.
    """
    with ThreadPoolExecutor(len(addresses)) as pool:
        refusals = list(pool.map(_refusal, addresses))
    if all(refusals):
        attempts = ", ".join(f"{a} ({r})" for a, r in zip(addresses, refusals, strict=True))
        yield f"Kafka does not answer at {attempts}"


def _refusal(address: str) -> str | None:
    try:
        socket.create_connection(host_and_port(address), _TIMEOUT_SECONDS).close()
    except OSError as error:
        return (error.strerror or str(error)).lower()
    return None
