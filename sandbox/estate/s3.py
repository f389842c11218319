"""The bucket of the legal documents, and who may do what with it."""

import json
from collections.abc import Mapping
from string import Template
from typing import Any

from sandbox.world import CHECKOUT

BUCKET = "waqiti-legal-documents"

_POLICIES = CHECKOUT / "legal_storage" / "policies"


def policies() -> Mapping[str, Mapping[str, Any]]:
    """Return production's policy of each user, for buckets whose name starts with BUCKET."""
    return {
        file.stem: json.loads(
            Template(file.read_text(encoding="utf-8")).substitute(bucket=f"{BUCKET}*")
        )
        for file in sorted(_POLICIES.glob("*.json"))
    }
