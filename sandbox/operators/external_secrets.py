"""Makes Secrets from `ExternalSecret` objects, with values of a KV v2 engine of Vault's API."""

import base64
import hashlib
import json
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any

from sandbox.operators.external_secret import RemoteRef, Spec, Unanswerable, read_spec
from sandbox.operators.reconciling import Problem
from sandbox.operators.stores import Store, Stores
from sandbox.servers.kubernetes.api import Api, ApiError, Object, path_of

_MANAGED = {"reconcile.external-secrets.io/managed": "true"}
_DATA_HASH = "reconcile.external-secrets.io/data-hash"
_MANAGED_SECRETS = "/api/v1/secrets?labelSelector=reconcile.external-secrets.io/managed=true"
_AT_ONCE = 8


@dataclass(frozen=True)
class ExternalSecrets:
    """The `ExternalSecret` objects of one cluster."""

    api: Api

    def reconcile(self, objects: Sequence[Object]) -> Sequence[Problem]:
        """Write the Secret of each object that is due, and record the result in its status."""
        # One request, because there may be hundreds of objects, and every second counts.
        listed = self.api.list(_MANAGED_SECRETS).objects if objects else ()
        made = {_identity(secret["metadata"]): secret for secret in listed}
        one = partial(self._reconcile_one, made, Stores(self.api))
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            return [problem for problem in pool.map(one, objects) if problem is not None]

    def _reconcile_one(
        self, made: Mapping[str, Object], stores: Stores, described: Object
    ) -> Problem | None:
        try:
            spec = read_spec(described)
            if _is_due(described, spec, made):
                self._sync(described, spec, stores)
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

    def _sync(self, described: Object, spec: Spec, stores: Stores) -> None:
        existing = self.api.find(_secret_path(described, spec))
        owners = (existing or {}).get("metadata", {}).get("ownerReferences", [])
        if existing is not None and described["metadata"]["uid"] not in {o["uid"] for o in owners}:
            raise Unanswerable("the Secret exists and is not managed by this ExternalSecret")
        store = stores.open(spec.secret_store_ref, described["metadata"]["namespace"])
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


def _is_due(described: Object, spec: Spec, made: Mapping[str, Object]) -> bool:
    status = described.get("status", {})
    if status.get("syncedResourceVersion") != _version(described) or not _is_ready(status):
        return True
    refreshed = datetime.fromisoformat(status["refreshTime"])
    every = spec.refresh_every
    if every and datetime.now(UTC) >= refreshed + every:
        return True
    secret = made.get(_identity(_secret(described, spec, {})["metadata"]))
    return secret is None or _hash(secret.get("data", {})) != _recorded_hash(secret)


def _identity(metadata: Mapping[str, Any]) -> str:
    return f"{metadata['namespace']}/{metadata['name']}"


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
