"""Previews, as `pulumi preview --json` prints them."""

from typing import Any

TOPIC = "kafka:index/topic:Topic"
KV = "vault:kv/secretV2:SecretV2"
SHOWN = "[secret]"


def urn(kind: str, name: str) -> str:
    return f"urn:pulumi:prod::waqiti::waqiti:X${kind}::{name}"


def step(
    op: str, kind: str, name: str, before: Any = None, now: Any = None, diff: Any = None
) -> dict[str, Any]:
    found: dict[str, Any] = {"op": op, "urn": urn(kind, name)}
    for key, inputs in (("oldState", before), ("newState", now)):
        if inputs is not None:
            found[key] = {"type": kind, "custom": True, "inputs": inputs}
    return found | {"detailedDiff": {path: {"kind": "update"} for path in diff or ()}}


def preview(*steps: dict[str, Any], errors: tuple[str, ...] = ()) -> dict[str, Any]:
    reported = [{"severity": "error", "message": message} for message in errors]
    noise = {"severity": "info", "message": "who is paged, and when"}
    return {"steps": [*steps], "diagnostics": [noise, *reported]}
