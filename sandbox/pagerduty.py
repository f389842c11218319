"""The PagerDuty simulator, as a server of the sandbox."""

import requests

from sandbox.world import World

_TIMEOUT_SECONDS = 5


def command(world: World, python: str) -> list[str]:
    """Give the command that runs the simulator in the foreground."""
    state, tokens = world.folder / "data" / "pagerduty.sqlite", world.folder / "pagerduty-tokens"
    port = f"--port={world.port('pagerduty')}"
    files = [f"--state={state}", f"--token-file={tokens}"]
    return [python, "-m", "sandbox.simulators.pagerduty", port, *files]


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
