"""
Repair the state after an interrupted `up`.

The engine records an operation before it starts. The state keeps an interrupted creation as a
pending operation without an id; the next `up` would create the resource again and fail, or lose
it. If the id is known (see `identities`), `resume` adds the resource to the state under that id.
The following refresh reads the resource, or drops it if it does not exist.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from waqiti.identities import identify
from waqiti.state import export, pulumi


def resume(stack: str) -> Sequence[str]:
    """
    Resolve the pending operations that an interrupted `up` of *stack* left.

    Returns:
        A sentence for each pending operation.

    Raises:
        subprocess.CalledProcessError: The engine failed; standard error has the reason.
        requests.RequestException: The request to PagerDuty failed.
    """
    state = export(stack)
    pending = state["deployment"].pop("pending_operations", [])
    if not pending:
        return []
    sentences = [settle(operation, state["deployment"]) for operation in pending]
    pulumi("stack", "import", "--stack", stack, given=json.dumps(state))
    pulumi("refresh", "--stack", stack, "--yes", "--skip-preview", "--suppress-progress")
    return sentences


def settle(operation: Mapping[str, Any], deployment: dict[str, Any]) -> str:
    """Resolve one pending operation in *deployment*; return a sentence about the result."""
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
