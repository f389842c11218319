"""The declaration of a server. Each module in `servers` makes one."""

import secrets
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import requests

from sandbox.engine.toolchain.cache import Toolchain

if TYPE_CHECKING:
    from sandbox.world import World

_TIMEOUT_SECONDS = 5


@dataclass(frozen=True, kw_only=True)
class Process:
    """
    One process of a server.

    Args:
        name: Its name in `make status`, and the name of its log.
        command: The command that runs it in the foreground.
        is_healthy: Checks the health of the process.
        needs: Processes that must be healthy before this one starts.
    """

    name: str
    command: Sequence[str]
    is_healthy: Callable[[], bool]
    needs: Sequence[str] = ()


@dataclass(frozen=True, kw_only=True)
class Server:
    """
    One server of the sandbox.

    Args:
        ports: The names of its ports, in the order of their numbers.
        metrics: The ports at which Prometheus scrapes `/metrics`.
        metrics_labels: The labels that their series get, as from a target in a cluster.
        credentials: Draws a value for each of its credentials; a world keeps the first value.
        prepare: Writes the files that its processes read when they start.
        processes: Its processes, in the order of their start.
        seed: Writes into the running server what exists before Pulumi runs; idempotent.
        environment: The variables with which `pulumi` reaches it.
        config: The stack's config that holds its addresses: values by section.
        pages: What people see at a path of its first port, for the end of `make up`.
    """

    ports: Sequence[str]
    metrics: Sequence[str] = ()
    metrics_labels: Mapping[str, str] = field(default_factory=dict)
    credentials: Callable[[], Mapping[str, str]] = dict
    prepare: Callable[["World", Toolchain], None] = lambda *_: None
    processes: Callable[["World", Toolchain], Iterable[Process]] = lambda *_: ()
    seed: Callable[["World"], None] = lambda _: None
    environment: Callable[["World"], Mapping[str, str]] = lambda _: {}
    config: Callable[["World"], Mapping[str, Mapping[str, object]]] = lambda _: {}
    pages: Mapping[str, str] = field(default_factory=dict)


def draw_tokens(*names: str) -> dict[str, str]:
    """Draw a random token for each of *names*."""
    return {name: secrets.token_urlsafe(24) for name in names}


def answers(url: str, **options: Any) -> bool:  # noqa: ANN401 - the options of requests
    """Report whether a GET of *url* succeeds."""
    try:
        return requests.get(url, timeout=_TIMEOUT_SECONDS, **options).ok
    except requests.RequestException:
        return False
