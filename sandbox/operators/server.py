"""The operators, as a server of the sandbox."""

import json
from pathlib import Path

import requests

from sandbox import alertmanager, kubernetes, prometheus
from sandbox.world import World, write_private

# As the chart kube-prometheus-stack sets it for a release of the usual name.
RULE_SELECTOR = {"release": "kube-prometheus-stack"}

_TIMEOUT_SECONDS = 5


def command(world: World, python: str) -> list[str]:
    """Give the command that runs the operators in the foreground."""
    return [python, "-m", "sandbox.operators", str(_settings_file(world))]


def prepare(world: World, promtool: Path, amtool: Path) -> None:
    """Write where everything is, for this world's ports."""
    settings = {
        "port": world.port("operators"),
        "api": kubernetes.url(world),
        "authority": str(world.tls / "ca.pem"),
        "token": world.credentials["kubernetes/operators"],
        "rules": {
            "selector": RULE_SELECTOR,
            "folder": str(prometheus.rules(world)),
            "promtool": str(promtool),
            "prometheus": prometheus.url(world),
        },
        "alertmanager": {
            "namespace": kubernetes.MONITORING,
            "config_file": str(alertmanager.config_file(world)),
            "amtool": str(amtool),
            "url": alertmanager.url(world),
        },
    }
    write_private(_settings_file(world), json.dumps(settings, indent=2))


def url(world: World) -> str:
    """Give the address that says how each operator is, and what it complains of."""
    return f"http://{world.address('operators')}"


def is_well(world: World) -> bool:
    """Tell whether every operator does its work."""
    try:
        return requests.get(url(world), timeout=_TIMEOUT_SECONDS).ok
    except requests.RequestException:
        return False


def _settings_file(world: World) -> Path:
    return world.folder / "operators.json"
