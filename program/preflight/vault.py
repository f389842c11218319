"""Vault must have the mount and the operators' secrets, and let the token do what the plan has."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import hvac
from hvac.exceptions import Forbidden, InvalidPath, UnexpectedError, VaultError

from clients.failures import NoAnswerError, cause
from clients.vault import connect
from settings import VaultSettings

_VERSION = "2"


def problems(
    vault: VaultSettings,
    wanted: Mapping[str, Sequence[str]],
    rights: Mapping[str, Sequence[str]],
    grants: str,
) -> Iterator[str]:
    """
    Yield what is wrong with the mount of *vault*, what its token lacks, and the missing secrets.

    The check reads only names, never a value. If a key is missing, the operator in the cluster
    creates no Secret; the provider then only reports, after a minute, that a wait timed out.

    Args:
        vault: How the provider connects.
        wanted: The keys that operators provide, by path.
        rights: The capabilities that the plan needs, by path with the mount.
        grants: The command that prints what to grant.

    Raises:
        NoAnswerError: Vault does not answer, or refuses.
    """
    try:
        connection = connect(vault.address, vault.namespace)
        if found := _mount_problems(connection, vault, grants):
            yield from found
            return
        lacking = _lacking(connection, vault, rights)
        for path, capabilities in lacking.items():
            yield (
                f"Vault at {vault.address}: the token in VAULT_TOKEN lacks "
                f"{', '.join(capabilities)} on {path}: grant what `{grants}` prints"
            )
        readable = {p: k for p, k in wanted.items() if _names(vault, p) not in lacking}
        yield from _missing(connection, vault, readable)
    except OSError as error:  # every error of requests is one
        raise NoAnswerError(f"Vault at {vault.address} does not answer ({cause(error)})") from None


def _mount_problems(connection: hvac.Client, vault: VaultSettings, grants: str) -> list[str]:
    """Ask as `vault kv` does: every token that may use a part of the mount may ask."""
    try:
        mount = _data(connection, f"sys/internal/ui/mounts/{vault.mount}")
    except Forbidden as error:
        return [_refused(connection, vault, error, grants)]
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


def _refused(connection: hvac.Client, vault: VaultSettings, refusal: Forbidden, grants: str) -> str:
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
        f"use it: correct vault.mount, or grant what `{grants}` prints"
    )


def _lacking(
    connection: hvac.Client, vault: VaultSettings, rights: Mapping[str, Sequence[str]]
) -> Mapping[str, Sequence[str]]:
    """Return the capabilities that the token lacks, by path."""
    try:
        reported = connection.sys.get_capabilities(list(rights))["data"]
    except VaultError as error:
        raise NoAnswerError(
            f"Vault at {vault.address} does not report what the token in VAULT_TOKEN may do "
            f"({_why(error)}): give it the policy default, too"
        ) from None
    permitted = {path: set(reported.get(path, ())) for path in rights}
    return {
        path: lacking
        for path, capabilities in rights.items()
        if (lacking := [c for c in capabilities if not permitted[path] & {c, "root"}])
    }


def _missing(
    connection: hvac.Client, vault: VaultSettings, wanted: Mapping[str, Sequence[str]]
) -> Iterator[str]:
    missing: list[str] = []
    for path, keys in wanted.items():
        try:
            absent = sorted(set(keys) - _keys(connection, _names(vault, path)))
        except VaultError as error:
            yield (
                f"Vault at {vault.address} does not list the names of the keys in "
                f"{_names(vault, path)} ({_why(error)})"
            )
        else:
            missing += [f"{vault.mount}/{path} lacks {', '.join(absent)}"] if absent else []
    if missing:
        yield (
            f"Vault at {vault.address}: {'; '.join(missing)}: put each there "
            "(runbooks/vault-secrets.md says how)"
        )


def _names(vault: VaultSettings, path: str) -> str:
    """Return where Vault lists the names of a secret's keys."""
    return f"{vault.mount}/subkeys/{path}"


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
