"""Makes Secrets from `ExternalSecret` objects, with values of a KV v2 engine of Vault's API."""

import base64
import hashlib
import json
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import requests

from sandbox.operators.external_secret import RemoteRef, Spec, Unanswerable, read_spec
from sandbox.operators.reconciling import Problem
from sandbox.servers.kubernetes.api import Api, ApiError, Object, path_of

_MANAGED = {"reconcile.external-secrets.io/managed": "true"}
_DATA_HASH = "reconcile.external-secrets.io/data-hash"
_TIMEOUT_SECONDS = 10


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
    """The `ExternalSecret` objects of one cluster."""

    api: Api

    def reconcile(self, objects: Sequence[Object]) -> Sequence[Problem]:
        """Write the Secret of each object that is due, and record the result in its status."""
        return [problem for one in objects if (problem := self._reconcile_one(one)) is not None]

    def _reconcile_one(self, described: Object) -> Problem | None:
        try:
            spec = read_spec(described)
            if self._is_due(described, spec):
                self._sync(described, spec)
                synced = {"refreshTime": _now(), "syncedResourceVersion": _version(described)}
                self._write_condition(described, "True", "SecretSynced", "secret synced", synced)
        except Unanswerable as error:
            # external-secrets writes only the first half here, and the rest in its Events.
            message = f"could not get secret data from provider: {error}"
            self._write_condition(described, "False", "SecretSyncedError", message, {})
            return Problem(described, "UpdateFailed", str(error))
        except ApiError as error:
            # Only this object fails: its namespace may be terminating.
            return Problem(described, "UpdateFailed", f"the cluster answers {error}")
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
        return secret is None or _hash(secret.get("data", {})) != _recorded_hash(secret)

    def _sync(self, described: Object, spec: Spec) -> None:
        existing = self.api.find(_secret_path(described, spec))
        owners = (existing or {}).get("metadata", {}).get("ownerReferences", [])
        if existing is not None and described["metadata"]["uid"] not in {o["uid"] for o in owners}:
            raise Unanswerable("the Secret exists and is not managed by this ExternalSecret")
        store = self._store(spec, described["metadata"]["namespace"])
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

    def _store(self, spec: Spec, namespace: str) -> Store:
        name = spec.secret_store_ref.name
        found = self.api.find(f"/apis/external-secrets.io/v1/clustersecretstores/{name}")
        vault = (found or {}).get("spec", {}).get("provider", {}).get("vault")
        if vault is None:
            raise Unanswerable(f"there is no ClusterSecretStore {name} with a vault provider")
        conditions = (found or {})["spec"].get("conditions", [])
        if conditions and not any(namespace in served["namespaces"] for served in conditions):
            raise Unanswerable(
                f'using cluster store "{name}" is not allowed from namespace "{namespace}": denied '
                "by spec.condition"
            )
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
        reported = {"type": "Ready", "status": ready, "reason": reason, "message": message}
        before = _condition(described.get("status", {}))
        if not more and {key: before.get(key) for key in reported} == reported:
            return
        same = before.get("status") == ready
        since = before["lastTransitionTime"] if same else _now()
        condition = {**reported, "lastTransitionTime": since}
        self.api.write_status(described, {**more, "conditions": [condition]})


def _value(store: Store, reference: RemoteRef) -> str:
    held = store.read(reference.key)
    if reference.property is None:
        return json.dumps(held)
    if reference.property not in held:
        raise Unanswerable(f"{reference.key} has no key {reference.property}")
    return held[reference.property]


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


def _recorded_hash(secret: Object) -> str | None:
    reported: str | None = secret["metadata"].get("annotations", {}).get(_DATA_HASH)
    return reported


def _hash(content: object) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def _version(described: Object) -> str:
    """Return a version that changes with the object, but not with its status alone."""
    metadata = described["metadata"]
    parts = [metadata.get("labels"), metadata.get("annotations")]
    return f"{metadata['generation']}-{_hash(parts)[:32]}"


def _condition(status: Mapping[str, Any]) -> Mapping[str, Any]:
    found = (c for c in status.get("conditions", ()) if c["type"] == "Ready")
    return next(found, {})


def _is_ready(status: Mapping[str, Any]) -> bool:
    return _condition(status).get("status") == "True"


def _now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
