"""`ExternalSecret` objects become Secrets, with what a KV v2 engine of Vault's API holds."""

import base64
import hashlib
import json
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import requests

from sandbox.kubernetes.api import Api, ApiError, Object, path_of
from sandbox.operators.external_secret import RemoteRef, Spec, Unanswerable, read_spec
from sandbox.operators.reconciling import Trouble

_MANAGED = {"reconcile.external-secrets.io/managed": "true"}
_DATA_HASH = "reconcile.external-secrets.io/data-hash"
_TIMEOUT_SECONDS = 10


@dataclass(frozen=True)
class Store:
    """A KV v2 engine, and the token that reads it."""

    server: str
    mount: str
    token: str
    authority: str

    def read(self, key: str) -> Mapping[str, str]:
        """
        Read every key of a secret.

        Raises:
            Unanswerable: There is no such secret, or the token may not read it.
        """
        with tempfile.NamedTemporaryFile("w", suffix=".pem") as authority:
            authority.write(self.authority)
            authority.flush()
            try:
                answer = requests.get(
                    f"{self.server}/v1/{self.mount}/data/{key}",
                    headers={"X-Vault-Token": self.token},
                    verify=authority.name,
                    timeout=_TIMEOUT_SECONDS,
                )
            except requests.RequestException as error:
                raise Unanswerable(f"the store does not answer: {type(error).__name__}") from None
        if not answer.ok:
            raise Unanswerable(f"the store answers {answer.status_code} for {key}")
        held = answer.json()["data"]["data"]
        return {name: v if isinstance(v, str) else json.dumps(v) for name, v in held.items()}


@dataclass(frozen=True)
class ExternalSecrets:
    """The objects of one cluster."""

    api: Api

    def reconcile(self, objects: Sequence[Object]) -> Sequence[Trouble]:
        """Make the Secret of each object that is due, and say in its status how that went."""
        return [trouble for one in objects if (trouble := self._settle(one)) is not None]

    def _settle(self, described: Object) -> Trouble | None:
        try:
            spec = read_spec(described)
            if self._is_due(described, spec):
                self._sync(described, spec)
                synced = {"refreshTime": _now(), "syncedResourceVersion": _version(described)}
                self._write_condition(described, "True", "SecretSynced", "secret synced", synced)
        except Unanswerable as error:
            # external-secrets says no more than the first half here; its Events say the rest.
            message = f"could not get secret data from provider: {error}"
            self._write_condition(described, "False", "SecretSyncedError", message, {})
            return Trouble(described, "UpdateFailed", str(error))
        except ApiError as error:
            # It concerns this object alone: its namespace may be ending.
            return Trouble(described, "UpdateFailed", f"the cluster answers {error}")
        return None

    def _is_due(self, described: Object, spec: Spec) -> bool:
        status = described.get("status", {})
        if status.get("syncedResourceVersion") != _version(described) or not _is_ready(status):
            return True
        refreshed = datetime.fromisoformat(status["refreshTime"])
        every = spec.refresh_every
        if every and datetime.now(UTC) >= refreshed + every:
            return True
        secret = self.api.find(_secret_path(described, spec))
        return secret is None or _hash(secret.get("data", {})) != _told_hash(secret)

    def _sync(self, described: Object, spec: Spec) -> None:
        existing = self.api.find(_secret_path(described, spec))
        owners = (existing or {}).get("metadata", {}).get("ownerReferences", [])
        if existing is not None and described["metadata"]["uid"] not in {o["uid"] for o in owners}:
            raise Unanswerable("the Secret exists and belongs to somebody else")
        store = self._store(spec)
        values: dict[str, str] = {}
        for extraction in spec.data_from:
            values |= store.read(extraction.extract.key)
        for entry in spec.data:
            values[entry.secret_key] = _value(store, entry.remote_ref)
        data = {
            key: base64.b64encode(value.encode()).decode()
            for key, value in spec.secret_data(values).items()
        }
        self.api.apply(_secret(described, spec, data))

    def _store(self, spec: Spec) -> Store:
        name = spec.secret_store_ref.name
        found = self.api.find(f"/apis/external-secrets.io/v1/clustersecretstores/{name}")
        vault = (found or {}).get("spec", {}).get("provider", {}).get("vault")
        if vault is None:
            raise Unanswerable(f"there is no ClusterSecretStore {name} with a vault provider")
        held = vault["auth"]["tokenSecretRef"]
        path = f"/api/v1/namespaces/{held['namespace']}/secrets/{held['name']}"
        token = self.api.get(path)["data"][held["key"]]
        authority = base64.b64decode(vault["caBundle"]).decode()
        return Store(vault["server"], vault["path"], base64.b64decode(token).decode(), authority)

    def _write_condition(
        self,
        described: Object,
        ready: str,
        reason: str,
        message: str,
        more: Mapping[str, Any],
    ) -> None:
        told = {"type": "Ready", "status": ready, "reason": reason, "message": message}
        before = _condition(described.get("status", {}))
        if not more and {key: before.get(key) for key in told} == told:
            return
        same = before.get("status") == ready
        since = before["lastTransitionTime"] if same else _now()
        condition = {**told, "lastTransitionTime": since}
        self.api.write_status(described, {**more, "conditions": [condition]})


def _value(store: Store, asked: RemoteRef) -> str:
    held = store.read(asked.key)
    if asked.property is None:
        return json.dumps(held)
    if asked.property not in held:
        raise Unanswerable(f"{asked.key} has no key {asked.property}")
    return held[asked.property]


def _secret(described: Object, spec: Spec, data: Mapping[str, str]) -> Object:
    metadata, template = described["metadata"], spec.target.template
    owner = {
        "apiVersion": described["apiVersion"],
        "kind": described["kind"],
        "name": metadata["name"],
        "uid": metadata["uid"],
        "controller": True,
        "blockOwnerDeletion": True,
    }
    return {
        "apiVersion": "v1",
        "kind": "Secret",
        "type": template.type,
        "metadata": {
            "name": spec.target.name or metadata["name"],
            "namespace": metadata["namespace"],
            "labels": {**template.metadata.labels, **_MANAGED},
            "annotations": {**template.metadata.annotations, _DATA_HASH: _hash(data)},
            "ownerReferences": [owner],
        },
        "data": dict(data),
    }


def _secret_path(described: Object, spec: Spec) -> str:
    return path_of(_secret(described, spec, {}))


def _told_hash(secret: Object) -> str | None:
    told: str | None = secret["metadata"].get("annotations", {}).get(_DATA_HASH)
    return told


def _hash(content: object) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def _version(described: Object) -> str:
    """Give what changes when the object does, and not when only its status does."""
    metadata = described["metadata"]
    said = [metadata.get("labels"), metadata.get("annotations")]
    return f"{metadata['generation']}-{_hash(said)[:32]}"


def _condition(status: Mapping[str, Any]) -> Mapping[str, Any]:
    found = (c for c in status.get("conditions", ()) if c["type"] == "Ready")
    return next(found, {})


def _is_ready(status: Mapping[str, Any]) -> bool:
    return _condition(status).get("status") == "True"


def _now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
