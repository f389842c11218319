"""
The id of a thing whose creation was cut off: derived from its inputs, or asked for by its name.

Each function gets the inputs of the thing and those of its provider.
"""

import json
import os
from collections.abc import Callable, Mapping
from typing import Any

import requests

Inputs = Mapping[str, Any]

_REGIONS = {"us": "https://api.pagerduty.com", "eu": "https://api.eu.pagerduty.com"}
_TIMEOUT_SECONDS = 30
_TOKENS_OWN_ORG = 0  # a service account's token is of one organisation, and the provider knows none


def _topic(inputs: Inputs, _: Inputs) -> str:
    return str(inputs["name"])


def _acl(inputs: Inputs, _: Inputs) -> str:
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


def _secret(inputs: Inputs, _: Inputs) -> str:
    return f"{inputs['mount']}/data/{inputs['name']}"


def _object(inputs: Inputs, _: Inputs) -> str:
    metadata = inputs["metadata"]
    return "/".join(metadata[key] for key in ("namespace", "name") if key in metadata)


def _folder(inputs: Inputs, _: Inputs) -> str:
    return f"{_TOKENS_OWN_ORG}:{inputs['uid']}"


def _dashboard(inputs: Inputs, _: Inputs) -> str:
    return f"{_TOKENS_OWN_ORG}:{json.loads(inputs['configJson'])['uid']}"


def _escalation_policy(inputs: Inputs, provider: Inputs) -> str | None:
    found = _ask_pagerduty(provider, "escalation_policies", query=inputs["name"])
    return _named(found["escalation_policies"], inputs["name"])


def _service(inputs: Inputs, provider: Inputs) -> str | None:
    found = _ask_pagerduty(provider, "services", query=inputs["name"])
    return _named(found["services"], inputs["name"])


def _integration(inputs: Inputs, provider: Inputs) -> str | None:
    found = _ask_pagerduty(
        provider, f"services/{inputs['service']}", **{"include[]": "integrations"}
    )
    return _named(found["service"]["integrations"], inputs["name"])


def _ask_pagerduty(provider: Inputs, path: str, **query: str) -> Mapping[str, Any]:
    region = _REGIONS[provider.get("serviceRegion") or "us"]
    answer = requests.get(
        f"{provider.get('apiUrlOverride') or region}/{path}",
        params={**query, "limit": "100"},
        headers={
            "Accept": "application/vnd.pagerduty+json;version=2",
            "Authorization": f"Token token={os.environ.get('PAGERDUTY_TOKEN', '')}",
        },
        timeout=_TIMEOUT_SECONDS,
    )
    answer.raise_for_status()
    found: Mapping[str, Any] = answer.json()
    return found


def _named(things: list[Mapping[str, Any]], name: str) -> str | None:
    return next((thing["id"] for thing in things if thing.get("name") == name), None)


def identify(kind: str) -> Callable[[Inputs, Inputs], str | None] | None:
    """Give the function of a type of resource, or nothing if its ids cannot be told."""
    return _object if kind.startswith("kubernetes:") else _IDENTITIES.get(kind)


_IDENTITIES: Mapping[str, Callable[[Inputs, Inputs], str | None]] = {
    "grafana:oss/dashboard:Dashboard": _dashboard,
    "grafana:oss/folder:Folder": _folder,
    "kafka:index/acl:Acl": _acl,
    "kafka:index/topic:Topic": _topic,
    "pagerduty:index/escalationPolicy:EscalationPolicy": _escalation_policy,
    "pagerduty:index/service:Service": _service,
    "pagerduty:index/serviceIntegration:ServiceIntegration": _integration,
    "vault:kv/secretV2:SecretV2": _secret,
}
