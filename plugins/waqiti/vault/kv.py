"""
A secret in a mount of KV version 2, without ever reading a value.

Names come from the route `subkeys`. A write is bound to the version that was seen
(check-and-set), and one that adds keys is a PATCH, so the values that are there are not needed.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from hvac.exceptions import InvalidPath, InvalidRequest

from plugins.waqiti.failures import RefusedError
from plugins.waqiti.vault.connection import Vault

_ATTEMPTS = 5
_LOST_THE_RACE = "check-and-set parameter did not match"


@dataclass(frozen=True)
class Seen:
    """
    What is known of a secret.

    Args:
        version: Its newest version; 0 if it never had one.
        keys: The names of the keys of this version; None if it is deleted, or there is none.
    """

    version: int
    keys: frozenset[str] | None


def look(vault: Vault, mount: str, path: str) -> Seen:
    """
    Return the names of the keys that the secret has now.

    Raises:
        RefusedError: Vault does not answer, or refuses; or *mount* is not KV version 2.
    """
    vault.require_version_2(mount)
    try:
        found = vault.ask("GET", f"{mount}/subkeys/{path}")
    except InvalidPath as missing:
        # A deleted version is answered with its metadata, a secret that never was without.
        answered = missing.json if isinstance(missing.json, dict) else {}
        metadata = (answered.get("data") or {}).get("metadata") or {}
        return Seen(metadata.get("version", 0), None)
    return Seen(found["metadata"]["version"], frozenset(found["subkeys"] or ()))


def write(
    vault: Vault, mount: str, path: str, missing: Callable[[frozenset[str]], Mapping[str, str]]
) -> frozenset[str]:
    """
    Add what *missing* returns for the keys that are there; return the keys that are there then.

    If somebody else writes in between, look again: what they wrote stays.

    Raises:
        RefusedError: Vault does not answer, or refuses.
    """
    for _ in range(_ATTEMPTS):
        seen = look(vault, mount, path)
        present = seen.keys or frozenset()
        added = missing(present)
        if not added:
            return present
        body = {"data": dict(added), "options": {"cas": seen.version}}
        try:
            vault.ask("PUT" if seen.keys is None else "PATCH", f"{mount}/data/{path}", body)
        except InvalidRequest as refused:
            if _LOST_THE_RACE not in str(refused):
                reason = " ".join(", ".join(refused.errors or ()).split())
                raise RefusedError(f"{vault.name} refuses {mount}/{path}: {reason}") from None
        except InvalidPath:
            continue  # deleted since it was seen
        else:
            return present | added.keys()
    raise RefusedError(
        f"{vault.name}: others write {mount}/{path} at the same time: run it again when they are "
        "done"
    )


def delete(vault: Vault, mount: str, path: str) -> None:
    """Delete the secret with all its versions."""
    vault.require_version_2(mount)
    vault.ask("DELETE", f"{mount}/metadata/{path}")
