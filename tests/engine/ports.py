"""
Blocks of ports for the tests' sandboxes.

A process holds its block by listening on the last port of the block. The kernel closes that port
when the process ends: two test runs never share a block, and a killed run leaves none.
"""

import socket
from collections.abc import Iterator
from pathlib import Path

from sandbox.world import HOST

_FIRST = 21000
_SIZE = 50
_EPHEMERAL = Path("/proc/sys/net/ipv4/ip_local_port_range")

_held: list[socket.socket] = []


def next_block() -> int:
    """Return the first port of a free block; this process holds the block until it ends."""
    for first in _blocks():
        guard = _listen(first + _SIZE - 1)
        if guard is None:
            continue
        if all(_is_free(first + offset) for offset in range(_SIZE - 1)):
            _held.append(guard)
            return first
        guard.close()
    raise RuntimeError("no block of ports is free: end other test runs")


def _blocks() -> Iterator[int]:
    """Yield the first ports of blocks below the kernel's ephemeral ports."""
    ephemeral = int(_EPHEMERAL.read_text().split()[0])
    yield from range(_FIRST, ephemeral - _SIZE, _SIZE)


def _is_free(port: int) -> bool:
    probe = _listen(port)
    if probe is not None:
        probe.close()
    return probe is not None


def _listen(port: int) -> socket.socket | None:
    try:
        return socket.create_server((HOST, port))
    except OSError:
        return None
