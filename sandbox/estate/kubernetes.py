"""The objects that Waqiti's administrators create in a cluster before Pulumi runs."""

import hashlib
from collections.abc import Mapping
from pathlib import Path

OBJECTS = Path(__file__).with_name("kubernetes.yaml")

# The simulated node pulls no image, so any digest serves; an `up` refuses that of the stack files.
_DIGEST = hashlib.sha256(b"an image of the sandbox").hexdigest()
SETTINGS: Mapping[str, Mapping[str, object]] = {
    name: {"image": f"sandbox.invalid/{name.replace('_', '-')}@sha256:{_DIGEST}"}
    for name in ("audit_reconciliation", "legal_storage")
}
