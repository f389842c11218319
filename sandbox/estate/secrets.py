"""The operator-provided secrets: in production an operator writes them into Vault."""

import base64
import os
from collections.abc import Mapping, Sequence
from typing import Any

import yaml
from pyrage.x25519 import Identity

from sandbox.estate import slack
from sandbox.estate.workload.exposition import JOB
from sandbox.server import draw_tokens
from sandbox.world import CHECKOUT, World

_KEYS = ("encryption-keys", "signing-keys")


def draw() -> dict[str, str]:
    """Draw the values that no server draws: the keys of the backup, and those of the vendors."""
    drawn = (str(Identity.generate()), base64.b64encode(os.urandom(32)).decode())
    keys = {f"legal-documents/{key}": value for key, value in zip(_KEYS, drawn, strict=True)}
    return keys | draw_tokens(*(f"{path}#{key}" for path, key in _vendor_keys()))


def operator_provided_secrets(world: World) -> Mapping[str, Mapping[str, str]]:
    """Return every operator-provided secret of the catalog: keys and values, by path."""
    secrets: dict[str, dict[str, str]] = {
        path: dict(_values(world, path.rpartition("/")[2], secret))
        for path, secret in _catalog("secrets").items()
        if secret["provider"] == "operator" and "only_with" not in secret
    }
    for path, key in _vendor_keys():
        secrets.setdefault(path, {})[key] = world.credentials[f"{path}#{key}"]
    return secrets


def _catalog(name: str) -> Mapping[str, Any]:
    source = (CHECKOUT / "catalog" / f"{name}.yaml").read_text(encoding="utf-8")
    return dict(yaml.safe_load(source))


def _vendor_keys() -> Sequence[tuple[str, str]]:
    return [
        (f"external/{name}", key)
        for name, vendor in _catalog("vendors").items()
        for key in vendor["keys"]
    ]


def _values(world: World, user: str, secret: Mapping[str, Any]) -> Mapping[str, str]:
    drawn = world.credentials
    if secret.get("webhooks"):
        return {
            channel["webhook_key"]: f"http://{world.address('slack')}{drawn[f'slack/{name}']}"
            for name, channel in slack.channels().items()
        }
    known = {key: drawn[f"legal-documents/{key}"] for key in _KEYS}
    known |= {"kafka-identity": JOB, "kafka-credential": drawn[f"kafka/{JOB}"]}
    if f"s3/{user}" in drawn:
        known |= {"access-key-id": user, "secret-access-key": drawn[f"s3/{user}"]}
    further = secret.get("keys_by_backup", {}).get("s3", ())
    return {key: known[key] for key in (*secret["keys"], *further)}
