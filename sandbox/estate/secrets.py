"""The operator-provided secrets: in production an operator writes them into Vault."""

import base64
import os
from collections.abc import Mapping
from typing import Any

import yaml
from pyrage.x25519 import Identity

from sandbox.estate import slack
from sandbox.world import CHECKOUT, World

_KEYS = ("encryption-keys", "signing-keys")


def draw() -> dict[str, str]:
    """Draw the values that no server draws: with these the backup encrypts and signs."""
    drawn = (str(Identity.generate()), base64.b64encode(os.urandom(32)).decode())
    return {f"legal-documents/{key}": value for key, value in zip(_KEYS, drawn, strict=True)}


def operator_provided_secrets(world: World) -> Mapping[str, Mapping[str, str]]:
    """Return every operator-provided secret of the catalog: keys and values, by path."""
    source = (CHECKOUT / "catalog" / "secrets.yaml").read_text(encoding="utf-8")
    return {
        path: _values(world, path.rpartition("/")[2], secret)
        for path, secret in yaml.safe_load(source).items()
        if secret["provider"] == "operator" and "only_with" not in secret
    }


def _values(world: World, user: str, secret: Mapping[str, Any]) -> Mapping[str, str]:
    drawn = world.credentials
    if secret.get("webhooks"):
        return {
            channel["webhook_key"]: f"http://{world.address('slack')}{drawn[f'slack/{name}']}"
            for name, channel in slack.channels().items()
        }
    known = {key: drawn[f"legal-documents/{key}"] for key in _KEYS}
    known |= {"access-key-id": user, "secret-access-key": drawn[f"s3/{user}"]}
    return {key: known[key] for key in (*secret["keys"], *secret["keys_by_backup"]["s3"])}
