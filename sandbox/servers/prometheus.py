"""
Prometheus: what it scrapes, and where its rules and alerts go.

The sandbox's operators write its rule files, from the cluster's rule objects.
"""

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import yaml

from sandbox.engine.toolchain.cache import Toolchain
from sandbox.server import Process, Server, answers
from sandbox.world import World, write_private

# Production scrapes and evaluates every 15 to 30 s; here a user or a test waits for the result.
_INTERVAL = "1s"


def url(world: World) -> str:
    """Return the address of its API."""
    return f"http://{world.address('prometheus')}"


def data(world: World) -> Path:
    """Return the folder of its samples."""
    return world.folder / "data" / "prometheus"


def rules(world: World) -> Path:
    """Return the folder of its rule files."""
    return world.folder / "prometheus" / "rules"


def _prepare(world: World, _: Toolchain) -> None:
    rules(world).mkdir(parents=True, exist_ok=True, mode=0o700)
    settings = {
        "global": {
            "scrape_interval": _INTERVAL,
            "evaluation_interval": _INTERVAL,
            # The label that separates the alerts of several stacks.
            "external_labels": {"stack": "local"},
        },
        "rule_files": [str(rules(world) / "*.yaml")],
        "scrape_configs": [
            {
                "job_name": port,
                # The workload has many services in one process: keep its own label `service`.
                "honor_labels": True,
                "static_configs": [
                    {"targets": [world.address(port)], "labels": dict(server.metrics_labels)}
                ],
            }
            for server in world.servers
            for port in server.metrics
        ],
        "alerting": {
            "alertmanagers": [{"static_configs": [{"targets": [world.address("alertmanager")]}]}]
        },
    }
    write_private(_config_file(world), yaml.safe_dump(settings, sort_keys=False))


def _processes(world: World, toolchain: Toolchain) -> Iterator[Process]:
    yield Process(
        name="prometheus",
        command=[
            str(toolchain.executable("prometheus")),
            f"--config.file={_config_file(world)}",
            f"--storage.tsdb.path={data(world)}",
            "--storage.tsdb.retention.time=2d",
            f"--web.listen-address={world.address('prometheus')}",
            f"--web.external-url={url(world)}",  # the base of the links in messages
            "--web.enable-lifecycle",
        ],
        is_healthy=partial(answers, f"{url(world)}/-/ready"),
    )


def _config_file(world: World) -> Path:
    return world.folder / "prometheus" / "prometheus.yaml"


SERVER = Server(
    ports=["prometheus"],
    metrics=["prometheus"],
    prepare=_prepare,
    processes=_processes,
    config=lambda world: {"monitoring": {"prometheus_url": url(world)}},
    pages={"/alerts": "every alert rule, and what fires"},
)
