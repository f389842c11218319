"""Vault must have the mount, and the secrets that operators provide."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import hvac
from hvac.exceptions import Forbidden, InvalidPath, UnexpectedError, VaultError

from clients.failures import NoAnswerError, cause
from clients.vault import connect
from settings import VaultSettings

_VERSION = "2"


def problems(vault: VaultSettings, wanted: Mapping[str, Sequence[str]]) -> Iterator[str]:
    """
    Yield what is wrong with the mount of *vault*, and the keys of *wanted* (by path) that it lacks.

    The check reads only names, never a value. If a key is missing, the operator in the cluster
    creates no Secret; the provider then only reports, after a minute, that a wait timed out.

    Raises:
        NoAnswerError: Vault does not answer, or refuses.
    """
    try:
        connection = connect(vault.address, vault.namespace)
        yield from _mount_problems(connection, vault) or _missing(connection, vault, wanted)
    except OSError as error:  # every error of requests is one
        raise NoAnswerError(f"Vault at {vault.address} does not answer ({cause(error)})") from None


def _mount_problems(connection: hvac.Client, vault: VaultSettings) -> list[str]:
    """Ask as `vault kv` does: every token that may use a part of the mount may ask."""
    try:
        mount = _data(connection, f"sys/internal/ui/mounts/{vault.mount}")
    except Forbidden as error:
        return [_refused(connection, vault, error)]
    except VaultError as error:
        raise NoAnswerError(f"Vault at {vault.address} refuses ({_why(error)})") from None
    kind, version = mount.get("type"), str((mount.get("options") or {}).get("version", "1"))
    who = f"Vault at {vault.address}: the mount {vault.mount}"
    if kind != "kv":
        return [f"{who} is of the type {kind}: set vault.mount to one of KV version 2"]
    if version != _VERSION:
        upgrade = f"`vault kv enable-versioning {vault.mount}`"
        return [f"{who} is KV version {version}: run {upgrade}, or set vault.mount to another one"]
    return []


def _refused(connection: hvac.Client, vault: VaultSettings, refusal: Forbidden) -> str:
    """Return why the mount cannot be used; Vault's answer is the same for three reasons."""
    try:
        connection.auth.token.lookup_self()
    except VaultError:
        return (
            f"Vault at {vault.address} refuses the token ({_why(refusal)}): set VAULT_TOKEN to a "
            "valid one"
        )
    return (
        f"Vault at {vault.address} has no mount {vault.mount}, or the token in VAULT_TOKEN may not "
        "use it: correct vault.mount, or grant what runbooks/vault-secrets.md lists"
    )


def _missing(
    connection: hvac.Client, vault: VaultSettings, wanted: Mapping[str, Sequence[str]]
) -> Iterator[str]:
    missing: list[str] = []
    for path, keys in wanted.items():
        try:
            absent = sorted(set(keys) - _keys(connection, f"{vault.mount}/subkeys/{path}"))
        except VaultError as error:
            yield (
                f"Vault at {vault.address} does not list the names of the keys in "
                f"{vault.mount}/subkeys/{path} ({_why(error)})"
            )
        else:
            missing += [f"{vault.mount}/{path} lacks {', '.join(absent)}"] if absent else []
    if missing:
        yield (
            f"Vault at {vault.address}: {'; '.join(missing)}: put each there "
            "(runbooks/vault-secrets.md says how)"
        )


def _keys(connection: hvac.Client, place: str) -> set[str]:
    try:
        return set(_data(connection, place)["subkeys"])
    except InvalidPath as error:
        if error.errors:  # a missing secret has none; a Vault before 1.10 has no such route
            raise
        return set()


def _data(connection: hvac.Client, path: str) -> Mapping[str, Any]:
    answer = connection.adapter.get(f"/v1/{path}")
    if not isinstance(answer, dict) or "data" not in answer:
        raise UnexpectedError(errors=[f"{path} is answered as no Vault does"])
    data: Mapping[str, Any] = answer["data"]
    return data


def _why(error: VaultError) -> str:
    return " ".join(", ".join(error.errors or [type(error).__name__]).split())
