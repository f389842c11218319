"""Vault's mount and policies, as Waqiti's administrators set them up."""

from collections.abc import Mapping
from pathlib import Path

MOUNT = "secret"
TRANSIT_KEY = "pulumi"

_POLICIES = Path(__file__).with_name("policies")


def policies() -> Mapping[str, str]:
    """Return the policy of each user."""
    return {file.stem: file.read_text(encoding="utf-8") for file in _POLICIES.glob("*.hcl")}
