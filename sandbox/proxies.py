"""The sandbox's requests stay on this machine, whatever proxy its user has."""

import os
from collections.abc import MutableMapping

from sandbox.world import HOST

_NAMES = ("no_proxy", "NO_PROXY")  # in the order in which Python's clients read them


def bypass_proxies(environment: MutableMapping[str, str] = os.environ) -> None:
    """Exclude loopback from the proxies of this process and of the processes that it starts."""
    listed = next((environment[name] for name in _NAMES if environment.get(name)), None)
    for name in _NAMES:
        environment[name] = ",".join(filter(None, [listed, HOST, "localhost"]))
