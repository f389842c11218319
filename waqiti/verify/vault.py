"""
Vault must hold the secrets that Pulumi wrote.

The Vault provider never reads a value back, so a refresh does not detect a manual change of a
secret. This module compares each secret with the state. It reports names, never values.
"""

import hmac
import json
from collections.abc import Iterator, Mapping
from typing import Any

import hvac
from hvac.exceptions import InvalidPath, VaultError

from clients.failures import NoAnswerError, cause
from clients.vault import connect
from waqiti.state import State

_KV = "vault:kv/secretV2:SecretV2"


def differences(state: State) -> Iterator[str]:
    """
    Yield a sentence for each secret that differs from what Pulumi wrote.

    Raises:
        NoAnswerError: Vault does not answer, refuses the request or is sealed.
    """
    for resource in state.of_type(_KV):
        provider = state.provider(resource)
        vault = connect(provider["address"], provider.get("namespace"))
        try:
            yield from _differences(resource, vault)
        except VaultError as error:
            raise NoAnswerError(f"Vault could not be asked, so nothing is known: {error}") from None
        except OSError as error:  # every error of requests is one
            raise NoAnswerError(
                f"Vault could not be asked, so nothing is known: {provider['address']} does not "
                f"answer ({cause(error)})"
            ) from None


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
