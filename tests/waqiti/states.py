"""States of a stack, as `pulumi stack export` writes them."""

from typing import Any

from waqiti.state import State


def provider(system: str, **inputs: object) -> dict[str, Any]:
    urn = f"urn:pulumi:prod::waqiti::pulumi:providers:{system}::{system}"
    return {"urn": urn, "type": f"pulumi:providers:{system}", "inputs": inputs, "id": "p"}


def resource(of: dict[str, Any], kind: str, identity: str, **more: object) -> dict[str, Any]:
    urn = f"urn:pulumi:prod::waqiti::{kind}::{identity}"
    return {"urn": urn, "type": kind, "id": identity, "provider": f"{of['urn']}::p", **more}


def state(*resources: dict[str, Any], **monitoring: str) -> State:
    return State({"deployment": {"resources": [*resources]}}, {"waqiti:monitoring": monitoring})
