"""
The state of a resource whose import would lose something.

The engine does not read a resource whose outputs are in the import file.
"""

from collections.abc import Callable, Mapping
from typing import Any

from clients.failures import NoAnswerError
from clients.kubernetes import Cluster
from clients.pagerduty import PagerDuty
from waqiti.adopt.plan import Creation, Inputs

_INTEGRATION = "pagerduty:index/serviceIntegration:ServiceIntegration"

Encrypt = Callable[[str], Mapping[str, str]]


def known_state(
    creation: Creation, inputs: Inputs, identity: str, encrypt: Encrypt
) -> dict[str, Any]:
    """Return the inputs and outputs of *creation* as it exists, or nothing if an import is fine."""
    if creation.kind == _INTEGRATION:
        return _integration(creation.provider, inputs["service"], identity, encrypt)
    if creation.system == "kubernetes":
        return _object(creation.provider, inputs)
    return {}


def _integration(provider: Inputs, service: str, identity: str, encrypt: Encrypt) -> dict[str, Any]:
    """Encrypt the key: the provider reads it in plain text, and an import keeps what it reads."""
    account = PagerDuty(provider.get("apiUrlOverride"), provider.get("serviceRegion"))
    answer = account.get(f"services/{service}/integrations/{identity}")
    if answer is None:
        raise NoAnswerError(f"{account.name} has no integration {identity} any more: run it again")
    found = answer["integration"]
    inputs = {"name": found["name"], "service": service, "type": found["type"]}
    key = {"integrationKey": encrypt(found["integration_key"])}
    return {"inputs": inputs, "outputs": {**inputs, "htmlUrl": found["html_url"], **key}}


def _object(provider: Inputs, declared: Inputs) -> dict[str, Any]:
    """
    Take what is declared for the inputs, in the values that exist.

    An import takes every field, also those that the cluster set. The program does not have them,
    so the provider would remove them, and replace a claim for its volume.
    """
    cluster = Cluster(provider["context"])
    found = cluster.find(declared)
    if found is None:
        name = f"{declared['kind']} {declared['metadata']['name']}"
        raise NoAnswerError(f"{cluster.name} has no {name} any more: run it again")
    inputs = pruned(found, declared)
    # These three are how the provider keeps an object in the state.
    own = {
        "__inputs": inputs,
        "__initialApiVersion": found["apiVersion"],
        "__fieldManager": "",
    }
    return {"inputs": inputs, "outputs": {**found, **own}}


def pruned(found: Any, declared: Any) -> Any:  # noqa: ANN401 - any part of an object
    """Return of *found* what *declared* has, too."""
    if isinstance(found, Mapping) and isinstance(declared, Mapping):
        return {key: pruned(found[key], part) for key, part in declared.items() if key in found}
    if isinstance(found, list) and isinstance(declared, list) and len(found) == len(declared):
        return [pruned(*pair) for pair in zip(found, declared, strict=True)]
    return found
