"""
The id of a resource that may exist although the state does not have it.

The id follows from the inputs of the resource, or PagerDuty is queried by name. Each function
takes the inputs of the resource and the inputs of its provider.
"""

import json
from collections.abc import Callable, Mapping
from typing import Any

from clients.pagerduty import PagerDuty

Inputs = Mapping[str, Any]


class AmbiguousError(Exception):
    """PagerDuty has more than one object of a name; the message lists their ids."""


_TOKENS_OWN_ORG = 0  # a service account token selects its organisation; the provider sets none


def _topic(inputs: Inputs, _: Inputs) -> str:
    return str(inputs["name"])


def _acl(inputs: Inputs, _: Inputs) -> str:
    # The import format of the provider.
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


def _policy(inputs: Inputs, _: Inputs) -> str:
    return str(inputs["name"])


def _role(inputs: Inputs, _: Inputs) -> str:
    return f"auth/{inputs['backend']}/role/{inputs['roleName']}"


def _object(inputs: Inputs, _: Inputs) -> str:
    metadata = inputs["metadata"]
    return "/".join(metadata[key] for key in ("namespace", "name") if key in metadata)


def _folder(inputs: Inputs, _: Inputs) -> str:
    return f"{_TOKENS_OWN_ORG}:{inputs['uid']}"


def _dashboard(inputs: Inputs, _: Inputs) -> str:
    return f"{_TOKENS_OWN_ORG}:{json.loads(inputs['configJson'])['uid']}"


def _escalation_policy(inputs: Inputs, provider: Inputs) -> str | None:
    found = _ask_pagerduty(provider, "escalation_policies", query=inputs["name"])
    return _named(found.get("escalation_policies", []), inputs["name"])


def _service(inputs: Inputs, provider: Inputs) -> str | None:
    found = _ask_pagerduty(provider, "services", query=inputs["name"])
    return _named(found.get("services", []), inputs["name"])


def _integration(inputs: Inputs, provider: Inputs) -> str | None:
    found = _ask_pagerduty(
        provider, f"services/{inputs['service']}", **{"include[]": "integrations"}
    )
    return _named(found.get("service", {}).get("integrations", []), inputs["name"])


def _ask_pagerduty(provider: Inputs, path: str, **query: str) -> Mapping[str, Any]:
    account = PagerDuty(provider.get("apiUrlOverride"), provider.get("serviceRegion"))
    return account.get(path, **query, limit="100") or {}


def _named(things: list[Mapping[str, Any]], name: str) -> str | None:
    ids = [str(thing["id"]) for thing in things if thing.get("name") == name]
    if len(ids) > 1:
        raise AmbiguousError(f"PagerDuty has {len(ids)} of the name {name!r} ({', '.join(ids)})")
    return ids[0] if ids else None


def identify(kind: str) -> Callable[[Inputs, Inputs], str | None] | None:
    """Return the function that identifies resources of *kind*, or None if there is none."""
    return _object if kind.startswith("kubernetes:") else _IDENTITIES.get(kind)


def is_repeatable(kind: str) -> bool:
    """Return whether creating a resource of *kind* again keeps what is there (docs/adr/0031)."""
    return kind.startswith(("waqiti:vault:", "waqiti:slack:"))


_IDENTITIES: Mapping[str, Callable[[Inputs, Inputs], str | None]] = {
    "grafana:oss/dashboard:Dashboard": _dashboard,
    "grafana:oss/folder:Folder": _folder,
    "kafka:index/acl:Acl": _acl,
    "kafka:index/topic:Topic": _topic,
    "pagerduty:index/escalationPolicy:EscalationPolicy": _escalation_policy,
    "pagerduty:index/service:Service": _service,
    "pagerduty:index/serviceIntegration:ServiceIntegration": _integration,
    "vault:index/policy:Policy": _policy,
    "vault:kubernetes/authBackendRole:AuthBackendRole": _role,
    "vault:kv/secretV2:SecretV2": _secret,
}
