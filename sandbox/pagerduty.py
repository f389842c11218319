"""The PagerDuty simulator, as a server of the sandbox."""

import requests

from sandbox.world import World

_TIMEOUT_SECONDS = 5


def command(world: World, python: str) -> list[str]:
    """Give the command that runs the simulator in the foreground."""
    port, folder = world.port("pagerduty"), world.folder
    files = ["--state", f"{folder}/data/pagerduty.sqlite", "--token-file", f"{folder}/pagerduty-tokens"]
    return [python, "-m", "sandbox.simulators.pagerduty", "--port", str(port), *files]


def url(world: World) -> str:
    """Give the address of its API."""
    return f"http://{world.address('pagerduty')}"


def is_well(world: World) -> bool:
    """Tell whether it lets Pulumi's token in."""
    token = {"Authorization": f"Token token={world.credentials['pagerduty/pulumi']}"}
    try:
        answer = requests.get(f"{url(world)}/abilities", headers=token, timeout=_TIMEOUT_SECONDS)
    except requests.RequestException:
        return False
    return answer.status_code == requests.codes.ok
