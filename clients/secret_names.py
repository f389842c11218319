"""A secret of a KV version 2 mount without its values: names of keys, age, marks."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import hvac
from hvac.exceptions import Forbidden, InvalidPath, InvalidRequest, VaultError

from clients.failures import NoAnswerError, cause

# The custom metadata that names the keys with a value that stands in for the real one.
PLACEHOLDERS = "placeholder"

_LOST_THE_RACE = "check-and-set parameter did not match"
_MERGE = {"Content-Type": "application/merge-patch+json"}


class ChangedMeanwhileError(Exception):
    """Somebody else wrote the secret since it was looked at."""


@dataclass(frozen=True, kw_only=True)
class Names:
    """
    What is known of a secret.

    Args:
        version: Its newest version; 0 if it never had one.
        keys: The names of its keys; none if it is deleted or never was.
        written: When this version was written; None if there is none.
        placeholders: The keys that are marked as placeholders.
    """

    version: int = 0
    keys: frozenset[str] = frozenset()
    written: datetime | None = None
    placeholders: frozenset[str] = frozenset()


def look(vault: hvac.Client, mount: str, path: str) -> Names:
    """
    Return what Vault tells of a secret without its values.

    Raises:
        NoAnswerError: Vault does not answer, or refuses.
    """
    try:
        data = _ask(vault, "GET", f"{mount}/subkeys/{path}")["data"]
    except InvalidPath as missing:
        # A deleted version is answered with its metadata, a secret that never was without.
        answered = missing.json if isinstance(missing.json, dict) else {}
        metadata = (answered.get("data") or {}).get("metadata") or {}
        return Names(version=metadata.get("version", 0))
    metadata = data["metadata"]
    marks = (metadata.get("custom_metadata") or {}).get(PLACEHOLDERS, "")
    return Names(
        version=metadata["version"],
        keys=frozenset(data["subkeys"] or ()),
        written=_moment(metadata["created_time"]),
        placeholders=frozenset(filter(None, marks.split(","))),
    )


def put(vault: hvac.Client, mount: str, path: str, key: str, value: str) -> None:
    """
    Write *value* as *key*, and leave the other keys alone.

    Raises:
        NoAnswerError: Vault does not answer, or refuses.
        ChangedMeanwhileError: Somebody else wrote at the same time.
    """
    seen = look(vault, mount, path)
    body = {"data": {key: value}, "options": {"cas": seen.version}}
    try:
        _ask(vault, "PATCH" if seen.keys else "PUT", f"{mount}/data/{path}", body)
    except InvalidRequest as refused:
        if _LOST_THE_RACE in str(refused):
            raise ChangedMeanwhileError from None
        raise NoAnswerError(
            f"Vault at {vault.url} refuses {mount}/{path}: {_line(refused)}"
        ) from None
    except InvalidPath:
        raise ChangedMeanwhileError from None
    if key in seen.placeholders:
        # In a merge, null removes: Vault refuses an empty text.
        left = {PLACEHOLDERS: ",".join(sorted(seen.placeholders - {key})) or None}
        try:
            _ask(vault, "PATCH", f"{mount}/metadata/{path}", {"custom_metadata": left})
        except (InvalidPath, InvalidRequest) as error:
            raise NoAnswerError(
                f"Vault at {vault.url} has the value, and keeps the mark of {mount}/{path} that it "
                f"is a placeholder ({_line(error)}): remove it"
            ) from None


def _ask(vault: hvac.Client, method: str, path: str, body: object = None) -> Any:  # noqa: ANN401 - any JSON
    headers = _MERGE if method == "PATCH" else {}
    try:
        return vault.adapter.request(method, f"/v1/{path}", json=body, headers=headers)
    except (InvalidPath, InvalidRequest):
        raise
    except Forbidden:
        raise NoAnswerError(
            f"Vault at {vault.url} does not let the token in VAULT_TOKEN do this on {path}: ask "
            "for a policy that does"
        ) from None
    except VaultError as error:
        raise NoAnswerError(f"Vault at {vault.url} refuses {path}: {_line(error)}") from None
    except OSError as error:  # every error of requests is one
        raise NoAnswerError(f"Vault at {vault.url} does not answer ({cause(error)})") from None


def _line(error: VaultError) -> str:
    return " ".join(", ".join(error.errors or [type(error).__name__]).split())


def _moment(text: str) -> datetime:
    # Vault writes nanoseconds, of which Python reads six digits.
    seconds, _, _ = text.partition(".")
    return datetime.fromisoformat(seconds.removesuffix("Z")).replace(tzinfo=UTC)
