"""Steps of a preview, as `pulumi preview --json` prints them."""

from typing import Any

UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
STACK = "urn:pulumi:prod::waqiti"


def urn(kind: str, name: str) -> str:
    return f"{STACK}::{kind}::{name}"


def provider(system: str, **inputs: Any) -> dict[str, Any]:
    kind = f"pulumi:providers:{system}"
    state = {"type": kind, "custom": True, "inputs": inputs}
    return {"op": "create", "urn": urn(kind, system), "newState": state}


def creation(kind: str, name: str, inputs: dict[str, Any], **more: Any) -> dict[str, Any]:
    system = kind.partition(":")[0]
    reference = f"{urn(f'pulumi:providers:{system}', system)}::{UNKNOWN}"
    state = {"type": kind, "custom": True, "inputs": inputs, "provider": reference, **more}
    return {"op": "create", "urn": urn(kind, name), "newState": state}
