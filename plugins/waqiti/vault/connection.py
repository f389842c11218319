"""One Vault, asked by many resources at once; its refusals as sentences."""

import os
from functools import cached_property
from threading import Lock
from typing import Any

import hvac
from hvac.exceptions import Forbidden, InvalidPath, InvalidRequest, VaultDown, VaultError
from requests.adapters import HTTPAdapter

from clients.failures import cause
from clients.vault import connect
from plugins.waqiti.failures import RefusedError

# Requests at once, and connections that are kept: more of them only wait for each other.
PARALLEL = 16

_VERSION = "2"


class Vault:
    """
    One Vault, with the token of the environment.

    Args:
        address: Its URL; by default VAULT_ADDR.
        namespace: Its namespace; by default VAULT_NAMESPACE.
    """

    def __init__(self, address: str | None, namespace: str | None) -> None:
        """Connect nothing yet: a preview sends no request."""
        self._address = (address or os.environ.get("VAULT_ADDR") or "").rstrip("/")
        self._namespace = namespace
        self._versions: dict[str, Any] = {}
        self._asking = Lock()

    @property
    def name(self) -> str:
        """What messages call it."""
        return f"Vault at {self._address}"

    def ask(self, method: str, path: str, body: object = None) -> Any:  # noqa: ANN401 - any JSON
        """
        Return the data that Vault answers to *method* at *path*; None if it answers nothing.

        Raises:
            RefusedError: Vault does not answer, or refuses.
            InvalidPath: Nothing is there.
            InvalidRequest: Vault refuses *body*.
        """
        merging = {"Content-Type": "application/merge-patch+json"} if method == "PATCH" else {}
        try:
            answer = self._client.adapter.request(method, f"/v1/{path}", json=body, headers=merging)
        except (InvalidPath, InvalidRequest):
            raise
        except Forbidden:
            raise RefusedError(self._why_forbidden(method, path)) from None
        except VaultDown as error:
            reason = _why(error)
            if "sealed" in reason:
                reason = "sealed: unseal it, and run it again"
            raise RefusedError(f"{self.name} is not available: {reason}") from None
        except VaultError as error:
            raise RefusedError(
                f"{self.name} fails to {method} {path} ({_why(error)}): read its log, and run it "
                "again"
            ) from None
        except OSError as error:  # every error of requests is one
            raise RefusedError(
                f"{self.name} does not answer ({cause(error)}): run it again when it does"
            ) from None
        return answer.get("data") if isinstance(answer, dict) else None

    def require_version_2(self, mount: str) -> None:
        """
        Refuse a mount without versions: it has no check-and-set, and no names without values.

        Raises:
            RefusedError: *mount* is no mount of KV version 2, or Vault refuses.
        """
        with self._asking:  # one question for each mount, however many resources are in it
            if mount not in self._versions:
                found = self.ask("GET", f"sys/internal/ui/mounts/{mount}")
                self._versions[mount] = (found["type"], (found["options"] or {}).get("version"))
        kind, version = self._versions[mount]
        if (kind, version) != ("kv", _VERSION):
            described = f"is KV version {version or 1}" if kind == "kv" else f"is of type {kind}"
            raise RefusedError(
                f"{self.name}: the mount {mount} {described}, and only KV version 2 has "
                f"check-and-set: run `vault kv enable-versioning {mount}`, or name another mount"
            )

    @cached_property
    def _client(self) -> hvac.Client:
        for variable, value in (
            ("VAULT_ADDR", self._address),
            ("VAULT_TOKEN", os.environ.get("VAULT_TOKEN")),
        ):
            if not value:
                raise RefusedError(f"there is no Vault to connect to: set {variable}")
        client = connect(self._address, self._namespace)
        kept = HTTPAdapter(pool_connections=1, pool_maxsize=PARALLEL, pool_block=True)
        client.session.mount(self._address, kept)
        return client

    def _why_forbidden(self, method: str, path: str) -> str:
        """Return why: Vault's answer is the same for a token that is not valid any more."""
        try:
            self._client.auth.token.lookup_self()
        except VaultError:
            return (
                f"{self.name} refuses the token in VAULT_TOKEN: it is wrong, expired or without "
                "the policy default: set another one, and run it again"
            )
        except OSError as error:
            return f"{self.name} does not answer ({cause(error)}): run it again when it does"
        return (
            f"{self.name} does not let the token in VAULT_TOKEN {method} {path}: grant "
            f"{_CAPABILITIES[method]} there"
        )


_CAPABILITIES = {
    "GET": "read",
    "PUT": "create and update",
    "PATCH": "patch",
    "DELETE": "delete",
}


def _why(error: VaultError) -> str:
    return " ".join(", ".join(error.errors or [type(error).__name__]).split())
