"""
Prometheus, as a server of the sandbox: what it scrapes, where its rules and alerts go.

Its rule files are written by the sandbox's operators, from the cluster's rule objects.
"""

from pathlib import Path

import requests
import yaml

from sandbox.world import World, write_private

# Production scrapes and evaluates every 15 to 30 s; here a person, or a test, waits for the result.
_INTERVAL = "1s"
_TIMEOUT_SECONDS = 5


def command(world: World, prometheus: Path) -> list[str]:
    """Give the command that runs the server in the foreground."""
    return [
        str(prometheus),
        f"--config.file={_config_file(world)}",
        f"--storage.tsdb.path={data(world)}",
        "--storage.tsdb.retention.time=2d",
        f"--web.listen-address={world.address('prometheus')}",
        f"--web.external-url={url(world)}",  # what links in messages begin with
        "--web.enable-lifecycle",
    ]


def data(world: World) -> Path:
    """Give the folder of everything it was ever told."""
    return world.folder / "data" / "prometheus"


def prepare(world: World) -> None:
    """Write the server's settings for this world's ports."""
    rules(world).mkdir(parents=True, exist_ok=True, mode=0o700)
    jobs = ("workload", "alertmanager", "prometheus")
    settings = {
        "global": {
            "scrape_interval": _INTERVAL,
            "evaluation_interval": _INTERVAL,
            # The label by which alerts of several stacks are told apart.
            "external_labels": {"stack": "local"},
        },
        "rule_files": [str(rules(world) / "*.yaml")],
        "scrape_configs": [
            {
                "job_name": job,
                # One process plays many services: its own label `service` says which.
                "honor_labels": True,
                "static_configs": [{"targets": [world.address(job)]}],
            }
            for job in jobs
        ],
        "alerting": {
            "alertmanagers": [{"static_configs": [{"targets": [world.address("alertmanager")]}]}]
        },
    }
    write_private(_config_file(world), yaml.safe_dump(settings, sort_keys=False))


def url(world: World) -> str:
    """Give the address of its API."""
    return f"http://{world.address('prometheus')}"


def rules(world: World) -> Path:
    """Give the folder of its rule files."""
    return world.folder / "prometheus" / "rules"


def is_well(world: World) -> bool:
    """Tell whether it is ready to answer queries."""
    try:
        return requests.get(f"{url(world)}/-/ready", timeout=_TIMEOUT_SECONDS).ok
    except requests.RequestException:
        return False


def _config_file(world: World) -> Path:
    return world.folder / "prometheus" / "prometheus.yaml"
