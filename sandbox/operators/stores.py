"""The stores that `ExternalSecret` objects name: KV v2 engines of Vault's API."""

import base64
import json
import tempfile
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import requests

from sandbox.operators.external_secret import StoreRef, Unanswerable
from sandbox.servers.kubernetes.api import Api

_TIMEOUT_SECONDS = 10
_TOKEN_SECONDS = 600
_GROUP = "/apis/external-secrets.io/v1"


@dataclass(frozen=True)
class Store:
    """A KV v2 engine, with a token that may read it."""

    server: str
    mount: str
    token: str
    authority: str

    def read(self, key: str) -> Mapping[str, str]:
        """
        Read all keys of a secret.

        Raises:
            Unanswerable: The secret does not exist, or the token may not read it.
        """
        answer = _ask(
            "GET", f"{self.server}/v1/{self.mount}/data/{key}", self.authority, self.token
        )
        if not answer.ok:
            raise Unanswerable(f"the store answers {answer.status_code} for {key}")
        held = answer.json()["data"]["data"]
        return {name: v if isinstance(v, str) else json.dumps(v) for name, v in held.items()}


@dataclass(frozen=True)
class Stores:
    """The stores of one reconciliation, which logs in once to each."""

    api: Api
    _opened: dict[tuple[str, ...], Store] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def open(self, reference: StoreRef, namespace: str) -> Store:
        """
        Return the store that an object of *namespace* names.

        Raises:
            Unanswerable: It does not exist, does not serve *namespace*, or nobody can log in to it.
        """
        owner = namespace if reference.kind == "SecretStore" else ""
        identity = (reference.kind, reference.name, owner)
        if not owner:
            self._require_served(reference.name, namespace)
        with self._lock:
            if identity not in self._opened:
                self._opened[identity] = self._open(reference, owner)
            return self._opened[identity]

    def _require_served(self, name: str, namespace: str) -> None:
        found = self.api.find(f"{_GROUP}/clustersecretstores/{name}") or {}
        conditions = found.get("spec", {}).get("conditions", [])
        if conditions and not any(namespace in served["namespaces"] for served in conditions):
            raise Unanswerable(
                f'using cluster store "{name}" is not allowed from namespace "{namespace}": denied '
                "by spec.condition"
            )

    def _open(self, reference: StoreRef, namespace: str) -> Store:
        place = f"/namespaces/{namespace}" if namespace else ""
        path = f"{_GROUP}{place}/{reference.kind.lower()}s/{reference.name}"
        vault = (self.api.find(path) or {}).get("spec", {}).get("provider", {}).get("vault")
        if vault is None:
            raise Unanswerable(
                f"there is no {reference.kind} {reference.name} with a vault provider"
            )
        authority = self._authority(vault, namespace)
        auth = vault["auth"]
        if "kubernetes" in auth:
            token = self._log_in(vault["server"], auth["kubernetes"], authority, namespace)
        else:
            held = auth["tokenSecretRef"]
            secret = self.api.get(f"/api/v1/namespaces/{held['namespace']}/secrets/{held['name']}")
            token = base64.b64decode(secret["data"][held["key"]]).decode()
        return Store(vault["server"], vault["path"], token, authority)

    def _authority(self, vault: Mapping[str, Any], namespace: str) -> str:
        if "caBundle" in vault:
            return base64.b64decode(vault["caBundle"]).decode()
        held = vault["caProvider"]
        found = self.api.find(f"/api/v1/namespaces/{namespace}/configmaps/{held['name']}")
        if held["type"] != "ConfigMap" or held["key"] not in (found or {}).get("data", {}):
            raise Unanswerable(f"there is no {held['type']} {held['name']} with {held['key']}")
        return str((found or {})["data"][held["key"]])

    def _log_in(self, server: str, auth: Mapping[str, Any], authority: str, namespace: str) -> str:
        account = auth["serviceAccountRef"]
        jwt = self.api.request_token(
            namespace, account["name"], _TOKEN_SECONDS, account.get("audiences", ())
        )
        body = {"role": auth["role"], "jwt": jwt}
        answer = _ask("POST", f"{server}/v1/auth/{auth['mountPath']}/login", authority, body=body)
        if not answer.ok:
            raise Unanswerable(f"the store refuses the role {auth['role']} ({answer.status_code})")
        return str(answer.json()["auth"]["client_token"])


def _ask(
    method: str,
    url: str,
    authority: str,
    token: str | None = None,
    body: Mapping[str, str] | None = None,
) -> requests.Response:
    headers = {} if token is None else {"X-Vault-Token": token}
    with _file(authority) as verify:
        try:
            return requests.request(
                method, url, headers=headers, json=body, verify=verify, timeout=_TIMEOUT_SECONDS
            )
        except requests.RequestException as error:
            raise Unanswerable(f"the store does not answer: {type(error).__name__}") from None


@contextmanager
def _file(authority: str) -> Iterator[str]:
    with tempfile.NamedTemporaryFile("w", suffix=".pem") as file:
        file.write(authority)
        file.flush()
        yield file.name
