"""The operator-provided secrets: in production an operator writes them into Vault."""

from collections.abc import Mapping
from typing import Any

import yaml

from sandbox.estate import slack
from sandbox.estate.workload.exposition import JOB
from sandbox.server import draw_tokens
from sandbox.world import CHECKOUT, World

_ENCRYPTION = ("password", "salt")


def draw() -> dict[str, str]:
    """Draw the values that no server draws: with these the backup encrypts."""
    return draw_tokens(*(f"legal-documents/{part}" for part in _ENCRYPTION))


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
    known = {f"encryption-{part}": drawn[f"legal-documents/{part}"] for part in _ENCRYPTION}
    known |= {"kafka-identity": JOB, "kafka-credential": drawn[f"kafka/{JOB}"]}
    if f"s3/{user}" in drawn:
        known |= {"access-key-id": user, "secret-access-key": drawn[f"s3/{user}"]}
    further = secret.get("keys_by_backup", {}).get("s3", ())
    return {key: known[key] for key in (*secret["keys"], *further)}
