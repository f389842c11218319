"""
The file for `pulumi import`: the engine's own file for a plan, with the ids of what exists.

The engine creates the providers and the components of the file in the state, so that each resource
finds its provider and its parent there.
"""

from collections.abc import Mapping
from typing import Any

from waqiti.adopt.existing import resolved
from waqiti.adopt.known_state import Encrypt, known_state
from waqiti.adopt.plan import Plan
from waqiti.notation import PROVIDER


def filled(plan: Plan, ids: Mapping[str, str], encrypt: Encrypt) -> dict[str, Any]:
    """Return the file of *plan* with those of its creations that *ids* has, by URN."""
    adopted = {(c.kind, c.name): c for c in plan.creations if c.urn in ids}
    resources = []
    for resource in plan.file["resources"]:
        if resource.get("component") or resource["type"].startswith(PROVIDER):
            resources.append(resource)
            continue
        name = resource.get("logicalName", resource["name"])
        creation = adopted.get((resource["type"], name))
        if creation:
            identity, inputs = ids[creation.urn], resolved(creation, ids)
            state = known_state(creation, inputs, identity, encrypt)
            resources.append({**resource, "id": identity, **state})
    return {**plan.file, "resources": resources}
