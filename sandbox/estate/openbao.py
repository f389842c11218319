"""Vault's mount and policies, as Waqiti's administrators set them up."""

from collections.abc import Mapping

from sandbox.estate.grants import granted

MOUNT = "secret"
LOGIN = "kubernetes"  # where the cluster's service accounts log in
USERS = ("pulumi", "external-secrets", "legal-officer")


def policies() -> Mapping[str, str]:
    """Return the policy of each user."""
    stores = ("external-secrets", "legal-officer")
    # One user runs `pulumi up` and `waqiti drift`.
    pulumi = f"{granted('vault')}\n{granted('drift-vault')}"
    return {"pulumi": pulumi, **{store: granted(store) for store in stores}}
