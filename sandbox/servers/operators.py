"""The operators that a production cluster has."""

import json
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from sandbox.engine.toolchain.cache import Toolchain
from sandbox.server import Process, Server, answers
from sandbox.servers import alertmanager, kubernetes, prometheus
from sandbox.world import World, write_private

# The default of the chart kube-prometheus-stack for a release of that name.
RULE_SELECTOR = {"release": "kube-prometheus-stack"}


def url(world: World) -> str:
    """Return the address that reports the health and the problems of each operator."""
    return f"http://{world.address('operators')}"


def _prepare(world: World, toolchain: Toolchain) -> None:
    settings = {
        "port": world.port("operators"),
        "api": kubernetes.url(world),
        "authority": str(world.tls / "ca.pem"),
        "token": world.credentials["kubernetes/operators"],
        "rules": {
            "selector": RULE_SELECTOR,
            "folder": str(prometheus.rules(world)),
            "promtool": str(toolchain.executable("prometheus").with_name("promtool")),
            "prometheus": prometheus.url(world),
        },
        "alertmanager": {
            "namespace": kubernetes.MONITORING,
            "config_file": str(alertmanager.config_file(world)),
            "amtool": str(toolchain.executable("alertmanager").with_name("amtool")),
            "url": alertmanager.url(world),
        },
    }
    write_private(_settings_file(world), json.dumps(settings, indent=2))


def _processes(world: World, _: Toolchain) -> Iterator[Process]:
    yield Process(
        name="operators",
        command=[sys.executable, "-m", "sandbox.operators", str(_settings_file(world))],
        is_healthy=partial(answers, url(world)),
    )


def _settings_file(world: World) -> Path:
    return world.folder / "operators.json"


SERVER = Server(ports=["operators"], prepare=_prepare, processes=_processes)
