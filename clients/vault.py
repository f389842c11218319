"""Vault's API."""

import os

import hvac

from clients import http


def connect(address: str, namespace: str | None) -> hvac.Client:
    """Return a client that reads the same variables as the provider; *namespace* precedes them."""
    own = http.session(address)
    own.verify = os.environ.get("VAULT_CACERT") or os.environ.get("VAULT_CAPATH") or own.verify
    return hvac.Client(
        address,
        token=os.environ.get("VAULT_TOKEN"),
        namespace=namespace or os.environ.get("VAULT_NAMESPACE"),
        session=own,
        timeout=http.TIMEOUT_SECONDS,
    )
