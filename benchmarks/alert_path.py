"""
The time from a firing alert to an open incident: 50 rules that fire at once (`for: 0s`).

    python -m benchmarks.alert_path

Prometheus is real, and so is Alertmanager with the routing of `components/alert_routing.py`. The
events API is that of the PagerDuty simulator.
"""

import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

import requests

from sandbox import supervision
from sandbox.engine.stacks import install_engine, open_stack
from sandbox.engine.toolchain.cache import Toolchain
from sandbox.servers import SERVERS, pagerduty, prometheus
from sandbox.servers.kubernetes import MONITORING, api
from sandbox.servers.operators import RULE_SELECTOR
from sandbox.world import CHECKOUT, World

_ALERTS = 50
_BETWEEN_SECONDS = 1.7  # not a multiple of an interval: alerts fire at different phases
_POLL_SECONDS = 0.05
_PATIENCE_SECONDS = 120


def main() -> None:
    """Print median and 95th percentile of the seconds from `activeAt` to the open incident."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        toolchain = Toolchain()
        world = World(place / "world", 22000, SERVERS)
        world.create()
        try:
            world.prepare(toolchain)
            supervision.start(world, world.processes(toolchain))
            world.seed()
            _up(open_stack(world, "local", install_engine(toolchain, place / "engine")))
            opened = _measure(world)
            firing = _firing(world)
        finally:
            supervision.stop(world)
    seconds = sorted(moment - firing[name] for name, moment in opened.items())
    p95 = statistics.quantiles(seconds, n=20)[-1]
    print(f"{len(seconds)} alerts: median {statistics.median(seconds):.1f} s, p95 {p95:.1f} s")
    print(f"from {seconds[0]:.1f} s to {seconds[-1]:.1f} s")


def _up(environment: Mapping[str, str]) -> None:
    command = ["pulumi", "--non-interactive", "up", "--yes", "--skip-preview"]
    done = subprocess.run(
        command, cwd=CHECKOUT, env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        sys.exit(f"{' '.join(command)} failed:\n{done.stdout}{done.stderr}")


def _measure(world: World) -> dict[str, float]:
    """Fire the alerts one after another; return when each incident was first seen."""
    cluster = api(world, "admin")
    opened: dict[str, float] = {}
    waiting = [f"Benchmark{number:02}" for number in range(_ALERTS)]
    applied, next_at = 0, time.time()
    deadline = time.time() + _PATIENCE_SECONDS
    while len(opened) < _ALERTS:
        if time.time() > deadline:
            sys.exit(f"only {len(opened)} incidents were opened in {_PATIENCE_SECONDS} s")
        if applied < _ALERTS and time.time() >= next_at:
            cluster.apply(_rule(waiting[applied]))
            applied, next_at = applied + 1, time.time() + _BETWEEN_SECONDS
        for name in _incidents(world) - opened.keys():
            opened[name] = time.time()
        time.sleep(_POLL_SECONDS)
    return opened


def _rule(name: str) -> dict[str, object]:
    labels = {"severity": "critical", "service": name.lower(), "slack_channel": "critical"}
    labels |= {"platform": "waqiti", "stack": "local"}  # else Alertmanager notifies nobody
    alert = {"alert": name, "expr": "vector(1)", "for": "0s", "labels": labels}
    alert["annotations"] = {"summary": name, "description": "A benchmark's alert."}
    return {
        "apiVersion": "monitoring.coreos.com/v1",
        "kind": "PrometheusRule",
        "metadata": {
            "name": name.lower(),
            "namespace": MONITORING,
            "labels": dict(RULE_SELECTOR),
        },
        "spec": {"groups": [{"name": name.lower(), "rules": [alert]}]},
    }


def _incidents(world: World) -> set[str]:
    token = {"Authorization": f"Token token={world.credentials['pagerduty/pulumi']}"}
    everything = {"date_range": "all", "limit": "100"}
    answer = requests.get(
        f"{pagerduty.url(world)}/incidents", headers=token, params=everything, timeout=10
    )
    words = (word for incident in answer.json()["incidents"] for word in incident["title"].split())
    return {word for word in words if word.startswith("Benchmark")}


def _firing(world: World) -> dict[str, float]:
    reported = requests.get(f"{prometheus.url(world)}/api/v1/alerts", timeout=10).json()
    return {
        alert["labels"]["alertname"]: datetime.fromisoformat(alert["activeAt"]).timestamp()
        for alert in reported["data"]["alerts"]
    }


if __name__ == "__main__":
    main()
