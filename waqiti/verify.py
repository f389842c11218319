"""
Verify that Vault holds the secrets that Pulumi wrote.

The Vault provider never reads a value back, so a refresh does not detect a manual change of a
secret. This module compares each secret with the state. It reports names, never values.
"""

import hmac
import json
import os
from collections.abc import Iterator, Mapping
from typing import Any

import hvac
from hvac.exceptions import InvalidPath

from waqiti.state import export

_KV = "vault:kv/secretV2:SecretV2"
_PROVIDER = "pulumi:providers:vault"


def verify(stack: str) -> list[str]:
    """
    Return a sentence for each secret of *stack* that differs from what Pulumi wrote.

    Raises:
        hvac.exceptions.VaultError: Vault denied the request or is sealed.
        requests.RequestException: Vault did not respond.
    """
    resources = export(stack, "--show-secrets")["deployment"].get("resources", [])
    vaults = {r["urn"]: _connect(r["inputs"]) for r in resources if r["type"] == _PROVIDER}
    return [
        sentence
        for resource in resources
        if resource["type"] == _KV
        for sentence in _differences(resource, vaults[resource["provider"].rpartition("::")[0]])
    ]


def differing_keys(written: Mapping[str, Any], held: Mapping[str, Any]) -> list[str]:
    """Return the keys whose values differ, and the keys that only one side has."""
    return sorted(
        key
        for key in written.keys() | held.keys()
        if not hmac.compare_digest(_comparable(written.get(key)), _comparable(held.get(key)))
    )


def _differences(resource: Mapping[str, Any], vault: hvac.Client) -> Iterator[str]:
    mount, name = resource["inputs"]["mount"], resource["inputs"]["name"]
    again = f"`pulumi up --replace '{resource['urn']}'` writes it again"
    try:
        answer = vault.secrets.kv.v2.read_secret_version(
            name, mount_point=mount, raise_on_deleted_version=True
        )
    except InvalidPath:
        yield f"{mount}/{name} is gone from Vault: {again}"
        return
    written = json.loads(json.loads(resource["inputs"]["dataJson"]["plaintext"]))
    for key in differing_keys(written, answer["data"]["data"]):
        yield f"{mount}/{name}: {key} in Vault is not what Pulumi wrote: {again}"


def _comparable(value: object) -> bytes:
    return json.dumps(value, sort_keys=True).encode()


def _connect(provider: Mapping[str, Any]) -> hvac.Client:
    return hvac.Client(
        provider["address"],
        token=os.environ.get("VAULT_TOKEN"),
        namespace=provider.get("namespace"),
        verify=os.environ.get("SSL_CERT_FILE") or True,
        timeout=10,
    )
