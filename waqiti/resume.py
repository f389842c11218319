"""
After an `up` that was killed: make the state tell again what exists.

The engine notes an operation before it starts it. A creation that was cut off is in the state as
pending, without an id: the next `up` would create the thing a second time and fail, or lose it.
Where the id follows from the inputs or is found by the name, the thing is taken up under that id;
the refresh that follows reads it, or drops it if it was never made.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from waqiti.identities import identify
from waqiti.state import export, pulumi


def resume(stack: str) -> Sequence[str]:
    """
    Settle what a killed `up` of *stack* left pending.

    Returns:
        A sentence for each operation that was pending; none if nothing was.

    Raises:
        subprocess.CalledProcessError: The engine refused; it has told why.
        requests.RequestException: PagerDuty could not be asked.
    """
    state = export(stack)
    pending = state["deployment"].pop("pending_operations", [])
    if not pending:
        return []
    told = [settle(operation, state["deployment"]) for operation in pending]
    pulumi("stack", "import", "--stack", stack, given=json.dumps(state))
    pulumi("refresh", "--stack", stack, "--yes", "--skip-preview", "--suppress-progress")
    return told


def settle(operation: Mapping[str, Any], deployment: dict[str, Any]) -> str:
    """Settle one pending operation in *deployment*; say what was done about it."""
    resource, kind = operation["resource"], operation["type"]
    name = f"{resource['type']} {resource['urn'].rpartition('::')[2]}"
    known = {other["urn"]: other for other in deployment.get("resources", [])}
    if kind != "creating" or resource["urn"] in known:
        return f"{name}: {kind} was cut off; the refresh reads what it came to"
    identity_of = identify(resource["type"])
    if identity_of is None:
        return (
            f"{name}: creating was cut off and it may exist unknown to Pulumi: look for it, and "
            "delete it or `pulumi import` it"
        )
    provider = known.get(resource.get("provider", "").rpartition("::")[0], {})
    identity = identity_of(resource["inputs"], provider.get("inputs", {}))
    if identity is None:
        return f"{name}: creating was cut off before anything was made"
    deployment["resources"].append({**resource, "id": identity})
    return f"{name}: creating was cut off; the refresh reads whether it exists"
