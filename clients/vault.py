"""Vault's API."""

import os
from collections.abc import Sequence

import hvac
from hvac.exceptions import Forbidden, InvalidPath, VaultError

from clients import http
from clients.failures import NoAnswerError, cause


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


def has(address: str, namespace: str | None, path: str) -> bool:
    """
    Return whether something is at *path* of the API.

    Raises:
        NoAnswerError: Vault does not answer, or refuses.
    """
    try:
        return connect(address, namespace).read(path) is not None
    except VaultError as error:
        why = " ".join(str(error).split())
        raise NoAnswerError(
            f"Vault at {address} does not let the token read {path} ({why})"
        ) from None
    except OSError as error:  # every error of requests is one
        raise NoAnswerError(f"Vault at {address} does not answer ({cause(error)})") from None


def names(vault: hvac.Client, path: str) -> Sequence[str]:
    """
    Return the names below *path* of the API; those of folders end in a slash.

    Raises:
        NoAnswerError: Vault does not answer, or refuses.
    """
    try:
        answer = vault.list(path)
    except Forbidden:
        raise NoAnswerError(
            f"Vault at {vault.url} does not let the token list {path}: grant it the policy that "
            "`waqiti grants STACK drift-vault` prints"
        ) from None
    except VaultError as error:
        why = " ".join(str(error).split())
        raise NoAnswerError(f"Vault at {vault.url} does not list {path} ({why})") from None
    except OSError as error:  # every error of requests is one
        raise NoAnswerError(f"Vault at {vault.url} does not answer ({cause(error)})") from None
    found: Sequence[str] = answer["data"]["keys"] if answer else ()
    return found


def has_secret(address: str, namespace: str | None, mount: str, path: str) -> bool:
    """
    Return whether *mount* has a current version of the secret at *path*; no value is read.

    Raises:
        NoAnswerError: Vault does not answer, or refuses.
    """
    who = f"Vault at {address}"
    try:
        vault = connect(address, namespace)
        answer = vault.secrets.kv.v2.read_secret_metadata(path, mount_point=mount)
    except InvalidPath:
        return False
    except VaultError as error:
        why = " ".join(str(error).split())
        raise NoAnswerError(f"{who} does not let the token read {mount}/{path} ({why})") from None
    except OSError as error:  # every error of requests is one
        raise NoAnswerError(f"{who} does not answer ({cause(error)})") from None
    metadata = answer["data"]
    current = metadata["versions"].get(str(metadata["current_version"]))
    return bool(current) and not (current["deletion_time"] or current["destroyed"])
