"""
After an `up` that was killed: make the state tell again what exists.

The engine notes an operation before it starts it. A creation that was cut off is in the state as
pending, without an id: the next `up` would create the thing a second time and fail, or lose it.
Where the id follows from the inputs, the thing is taken up under that id; the refresh that follows
reads it, or drops it if it was never made.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from waqiti.state import export, pulumi

Resource = Mapping[str, Any]


def _acl_id(inputs: Mapping[str, str]) -> str:
    # The provider's own import format.
    keys = (
        "aclPrincipal",
        "aclHost",
        "aclOperation",
        "aclPermissionType",
        "aclResourceType",
        "aclResourceName",
        "resourcePatternTypeFilter",
    )
    return "|".join(inputs[key] for key in keys)


_IDS: Mapping[str, Callable[[Mapping[str, str]], str]] = {
    "kafka:index/topic:Topic": lambda inputs: inputs["name"],
    "kafka:index/acl:Acl": _acl_id,
}


def resume(stack: str) -> Sequence[str]:
    """
    Settle what a killed `up` of *stack* left pending.

    Returns:
        A sentence for each operation that was pending; none if nothing was.

    Raises:
        subprocess.CalledProcessError: The engine refused; it has told why.
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
    known = {other["urn"] for other in deployment.get("resources", [])}
    if kind != "creating" or resource["urn"] in known:
        return f"{name}: {kind} was cut off; the refresh reads what it came to"
    make_id = _IDS.get(resource["type"])
    if make_id is None:
        return (
            f"{name}: creating was cut off and it may exist unknown to Pulumi: look for it, and "
            "delete it or `pulumi import` it"
        )
    deployment["resources"].append({**resource, "id": make_id(resource["inputs"])})
    return f"{name}: creating was cut off; the refresh reads whether it exists"
