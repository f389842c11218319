"""The Grafana simulator, as a server of the sandbox."""

import requests

from sandbox.world import World

_TIMEOUT_SECONDS = 5


def command(world: World, python: str, prometheus: str) -> list[str]:
    """Give the command that runs it in the foreground; its data source is at *prometheus*."""
    state, tokens = world.folder / "data" / "grafana.sqlite", world.folder / "grafana-tokens"
    files = [f"--state={state}", f"--token-file={tokens}"]
    source = f"--prometheus={prometheus}"
    port = f"--port={world.port('grafana')}"
    return [python, "-m", "sandbox.simulators.grafana", port, *files, source]


def url(world: World) -> str:
    """Give its address."""
    return f"http://{world.address('grafana')}"


def is_well(world: World) -> bool:
    """Tell whether it lets Pulumi's token in."""
    token = {"Authorization": f"Bearer {world.credentials['grafana/pulumi']}"}
    try:
        answer = requests.get(f"{url(world)}/api/search", headers=token, timeout=_TIMEOUT_SECONDS)
    except requests.RequestException:
        return False
    return answer.status_code == requests.codes.ok
