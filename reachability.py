"""Whether a system answers at all, asked before an `up` changes anything."""

import socket
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import pulumi

_TIMEOUT_SECONDS = 5


def require_answer(system: str, addresses: Sequence[str]) -> None:
    """
    Stop an `up` unless one of *addresses* (`host:port`) of *system* takes a connection.

    A preview asks nobody. A provider left alone with a network that drops its packets waits for
    minutes (the Kafka one 135 s, measured), and then blames every resource in turn.
    """
    if pulumi.runtime.is_dry_run():
        return
    with ThreadPoolExecutor(len(addresses)) as pool:
        refusals = list(pool.map(_refusal, addresses))
    if all(refusals):
        told = ", ".join(f"{a} ({r})" for a, r in zip(addresses, refusals, strict=True))
        raise pulumi.RunError(f"{system} does not answer at {told}: nothing was changed")


def _refusal(address: str) -> str | None:
    host, _, port = address.rpartition(":")
    try:
        socket.create_connection((host, int(port)), _TIMEOUT_SECONDS).close()
    except OSError as error:
        return (error.strerror or str(error)).lower()
    return None
