"""
Alertmanager, as a server of the sandbox.

Until the cluster has a Secret with its settings it tells nobody; the sandbox's operators replace
these settings by the Secret's.
"""

from pathlib import Path

import requests
import yaml

from sandbox.world import World, write_private

_FIRST_SETTINGS = {"route": {"receiver": "nobody"}, "receivers": [{"name": "nobody"}]}
_TIMEOUT_SECONDS = 5


def command(world: World, alertmanager: Path) -> list[str]:
    """Give the command that runs the server in the foreground."""
    return [
        str(alertmanager),
        f"--config.file={config_file(world)}",
        f"--storage.path={world.folder / 'data' / 'alertmanager'}",
        f"--web.listen-address={world.address('alertmanager')}",
        f"--web.external-url={url(world)}",  # what links in messages begin with
        "--cluster.listen-address=",  # alone: no gossip
    ]


def prepare(world: World) -> None:
    """Write the first settings, unless the cluster's are there from an earlier start."""
    config_file(world).parent.mkdir(exist_ok=True, mode=0o700)
    if not config_file(world).exists():
        write_private(config_file(world), yaml.safe_dump(_FIRST_SETTINGS, sort_keys=False))


def url(world: World) -> str:
    """Give the address of its API."""
    return f"http://{world.address('alertmanager')}"


def config_file(world: World) -> Path:
    """Give the file with its settings; the files that they name are beside it."""
    return world.folder / "alertmanager" / "alertmanager.yaml"


def is_well(world: World) -> bool:
    """Tell whether it is ready to take alerts."""
    try:
        return requests.get(f"{url(world)}/-/ready", timeout=_TIMEOUT_SECONDS).ok
    except requests.RequestException:
        return False
