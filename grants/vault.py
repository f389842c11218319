"""Vault: the policy of Pulumi's token, and that of External Secrets."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence

from grants.declared import Declared

_WRITTEN = "vault:kv/secretV2:SecretV2"


def pulumi_policy(declared: Declared) -> str:
    """Return the policy of the token with which Pulumi connects."""
    return _policy(_place(declared), _pulumi_rules(declared))


def rights(declared: Declared) -> Mapping[str, Sequence[str]]:
    """Return the capabilities of Pulumi's token, by path."""
    return {path: granted for _, rules in _pulumi_rules(declared) for path, granted in rules}


def external_secrets_policy(declared: Declared) -> str:
    """Return the policy of the store that serves the cluster."""
    return _store_policy(declared, declared.settings.monitoring.secret_store)


def officer_policy(declared: Declared) -> str:
    """Return the policy of the store that serves the namespace of the legal officer only."""
    return _store_policy(declared, declared.settings.legal_storage.officer.secret_store)


def _store_policy(declared: Declared, store: str) -> str:
    mount = declared.settings.vault.mount
    paths = sorted(
        {
            f"{mount}/data/{entry['remoteRef']['key']}"
            for described in declared.objects()
            if described["kind"] == "ExternalSecret"
            and described["spec"]["secretStoreRef"]["name"] == store
            for entry in described["spec"].get("data", [])
        }
    )
    why = f"# The ClusterSecretStore {store} reads what the stack's ExternalSecrets name of it."
    rules = [(why, [(path, ["read"]) for path in paths])]
    return _policy(_place(declared), rules)


_Rules = tuple[str, Sequence[tuple[str, Sequence[str]]]]


def _pulumi_rules(declared: Declared) -> Iterator[_Rules]:
    settings = declared.settings
    written = [(inputs["mount"], inputs["name"]) for inputs in declared.of_type(_WRITTEN)]
    everything = ["create", "read", "update", "delete"]
    yield (
        "# Pulumi writes these secrets. The provider reads each back, with its metadata.",
        [
            rule
            for mount, name in sorted(written)
            for rule in (
                (f"{mount}/data/{name}", everything),
                # After a refresh, a changed secret is written with the metadata that was read.
                (f"{mount}/metadata/{name}", ["read", "update"]),
            )
        ],
    )
    yield (
        "# Of operator-provided secrets it reads the names of the keys, and no value.",
        [
            (f"{settings.vault.mount}/subkeys/{path}", ["read"])
            for path in sorted(settings.operator_provided)
        ],
    )
    if declared.transit_key is not None:
        yield (
            "# One transit key encrypts its state: a new stack encrypts, and every run decrypts.",
            [
                (f"transit/{action}/{declared.transit_key}", ["update"])
                for action in ("decrypt", "encrypt")
            ],
        )


def _place(declared: Declared) -> str:
    vault = declared.settings.vault
    return f"{vault.address}, namespace {vault.namespace}" if vault.namespace else vault.address


def _policy(place: str, rules: Iterable[_Rules]) -> str:
    parts = [f"# Vault at {place}.\n"]
    for reason, paths in rules:
        lines = [
            f'path "{path}" {{ capabilities = {json.dumps(capabilities)} }}\n'
            for path, capabilities in paths
        ]
        parts.append(f"{reason}\n{''.join(lines)}")
    return "\n".join(parts)
