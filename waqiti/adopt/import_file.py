"""
The file for `pulumi import`: the engine's own file for a plan, with the ids of what exists.

The engine creates the providers and the components of the file in the state, so that each resource
finds its provider and its parent there.
"""

from collections.abc import Callable, Mapping
from typing import Any

from clients.failures import NoAnswerError
from clients.pagerduty import PagerDuty
from waqiti.adopt.existing import resolved
from waqiti.adopt.plan import Creation, Plan

_INTEGRATION = "pagerduty:index/serviceIntegration:ServiceIntegration"
_PROVIDER = "pulumi:providers:"

Encrypt = Callable[[str], Mapping[str, str]]


def filled(plan: Plan, ids: Mapping[str, str], encrypt: Encrypt) -> dict[str, Any]:
    """Return the file of *plan* with those of its creations that *ids* has, by URN."""
    adopted = {(c.kind, c.name): c for c in plan.creations if c.urn in ids}
    resources = []
    for resource in plan.file["resources"]:
        if resource.get("component") or resource["type"].startswith(_PROVIDER):
            resources.append(resource)
            continue
        name = resource.get("logicalName", resource["name"])
        creation = adopted.get((resource["type"], name))
        if creation:
            known = {"id": ids[creation.urn]} | _secret_state(creation, ids, encrypt)
            resources.append(resource | known)
    return {**plan.file, "resources": resources}


def _secret_state(creation: Creation, ids: Mapping[str, str], encrypt: Encrypt) -> dict[str, Any]:
    """
    Return the whole state of an integration, and nothing for any other resource.

    The provider returns the integration's key in plain text, and an import would write that into
    the state. The engine does not read a resource whose outputs are in the file.
    """
    if creation.kind != _INTEGRATION:
        return {}
    service, identity = resolved(creation, ids)["service"], ids[creation.urn]
    provider = creation.provider
    account = PagerDuty(provider.get("apiUrlOverride"), provider.get("serviceRegion"))
    answer = account.get(f"services/{service}/integrations/{identity}")
    if answer is None:
        raise NoAnswerError(f"{account.name} has no integration {identity} any more: run it again")
    found = answer["integration"]
    inputs = {"name": found["name"], "service": service, "type": found["type"]}
    key = {"integrationKey": encrypt(found["integration_key"])}
    return {"inputs": inputs, "outputs": {**inputs, "htmlUrl": found["html_url"], **key}}
