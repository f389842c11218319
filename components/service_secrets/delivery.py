"""The objects with which an operator copies secrets from Vault into Secrets of one namespace."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from components.alert_routing import KIND as EXTERNAL_SECRET
from components.service_secrets.args import DeliveryArgs, ServiceSecretsArgs

_SECRET_STORE = (EXTERNAL_SECRET[0], "SecretStore")
_HASHICORP = "secrets.hashicorp.com/v1beta1"
_STORE = "vault"
_AUTHORITY_KEY = "ca.crt"


class Described(NamedTuple):
    """
    One object of a namespace.

    Args:
        version: Its apiVersion.
        kind: Its kind.
        name: Its name.
        spec: Its spec.
    """

    version: str
    kind: str
    name: str
    spec: Mapping[str, Any]


def secret_name(path: str) -> str:
    """Return the name of the Secret with the keys of *path*."""
    return path.replace("/", "-")


def connections(args: ServiceSecretsArgs, role: str) -> list[Described]:
    """Return the objects that connect a namespace with Vault by *role*."""
    if args["delivery"]["operator"] == "external-secrets":
        return [Described(*_SECRET_STORE, _STORE, {"provider": {"vault": _store(args, role)}})]
    delivery = args["delivery"]
    connection: dict[str, Any] = {"address": delivery["address"]}
    if "authority" in delivery:
        connection["caCertSecretRef"] = delivery["authority"]
    login: dict[str, Any] = {
        "vaultConnectionRef": _STORE,
        "method": "kubernetes",
        "mount": args["auth_mount"],
        "kubernetes": {
            "role": role,
            "serviceAccount": delivery["service_account"],
            "audiences": [args.get("audience", "vault")],
        },
    }
    return [
        Described(_HASHICORP, "VaultConnection", _STORE, connection),
        Described(_HASHICORP, "VaultAuth", _STORE, login | _namespace(delivery)),
    ]


def copy(args: ServiceSecretsArgs, path: str, keys: Sequence[str]) -> Described:
    """Return the object that copies *keys* of *path*."""
    name, refresh = secret_name(path), args["delivery"].get("refresh", "1h")
    if args["delivery"]["operator"] == "external-secrets":
        spec = {
            "refreshInterval": refresh,
            "secretStoreRef": {"kind": _SECRET_STORE[1], "name": _STORE},
            "target": {"name": name, "creationPolicy": "Owner"},
            "data": [
                {"secretKey": key, "remoteRef": {"key": path, "property": key}} for key in keys
            ],
        }
        return Described(*EXTERNAL_SECRET, name, spec)
    spec = {
        "vaultAuthRef": _STORE,
        "mount": args["mount"],
        "type": "kv-v2",
        "path": path,
        "refreshAfter": refresh,
        # It also writes the whole answer under `_raw`, unless that is excluded.
        "destination": {"name": name, "create": True, "transformation": {"excludeRaw": True}},
    }
    return Described(_HASHICORP, "VaultStaticSecret", name, spec | _namespace(args["delivery"]))


def _store(args: ServiceSecretsArgs, role: str) -> dict[str, Any]:
    delivery = args["delivery"]
    store: dict[str, Any] = {
        "server": delivery["address"],
        "path": args["mount"],
        "version": "v2",
        "auth": {
            "kubernetes": {
                "mountPath": args["auth_mount"],
                "role": role,
                "serviceAccountRef": {
                    "name": delivery["service_account"],
                    "audiences": [args.get("audience", "vault")],
                },
            }
        },
    }
    if "authority" in delivery:
        store["caProvider"] = {
            "type": "ConfigMap",
            "name": delivery["authority"],
            "key": _AUTHORITY_KEY,
        }
    return store | _namespace(delivery)


def _namespace(delivery: DeliveryArgs) -> dict[str, str]:
    return {"namespace": delivery["vault_namespace"]} if "vault_namespace" in delivery else {}
