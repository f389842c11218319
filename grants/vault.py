"""Vault: the policy of Pulumi's token, and that of External Secrets."""

import json
import os
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from grants.declared import Declared

_WRITTEN = "vault:kv/secretV2:SecretV2"
_GENERATED = "waqiti:vault:GeneratedSecret"
_GENERATOR = "waqiti:vault:PasswordPolicy"
_POLICY = "vault:index/policy:Policy"
_ROLE = "vault:kubernetes/authBackendRole:AuthBackendRole"
# Why, and the capabilities on each path.
Rules = tuple[str, Sequence[tuple[str, Sequence[str]]]]

_READERS = """\
# What each service may read. Whoever writes policies and roles can give itself every secret of
# this Vault namespace: docs/adr/0034."""
_EVERYTHING = ["create", "read", "update", "delete"]


def pulumi_policy(declared: Declared) -> str:
    """Return the policy of the token with which Pulumi connects."""
    return _policy(_place(declared), _pulumi_rules(declared))


def policy(declared: Declared, rules: Iterable[Rules]) -> str:
    """Return a policy with *rules* for the stack's Vault."""
    return _policy(_place(declared), rules)


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
            and described["spec"]["secretStoreRef"]["kind"] == "ClusterSecretStore"
            and described["spec"]["secretStoreRef"]["name"] == store
            for entry in described["spec"].get("data", [])
        }
    )
    why = f"# The ClusterSecretStore {store} reads what the stack's ExternalSecrets name of it."
    rules = [(why, [(path, ["read"]) for path in paths])]
    return _policy(_place(declared), rules)


def _pulumi_rules(declared: Declared) -> Iterator[Rules]:
    settings = declared.settings
    written = [(inputs["mount"], inputs["name"]) for inputs in declared.of_type(_WRITTEN)]
    yield (
        "# Pulumi writes these secrets. The provider reads each back, with its metadata.",
        [
            rule
            for mount, name in sorted(written)
            for rule in (
                (f"{mount}/data/{name}", _EVERYTHING),
                # After a refresh, a changed secret is written with the metadata that was read.
                (f"{mount}/metadata/{name}", ["read", "update"]),
                (f"{mount}/subkeys/{name}", ["read"]),
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
    yield from _services_rules(declared)
    if declared.transit_key is not None:
        yield (
            "# One transit key encrypts its state: a new stack encrypts, and every run decrypts.",
            [
                (f"transit/{action}/{declared.transit_key}", ["update"])
                for action in ("decrypt", "encrypt")
            ],
        )


def _services_rules(declared: Declared) -> Iterator[Rules]:
    """Yield the rules of the services' secrets; a new service needs no new one."""
    generated = declared.of_type(_GENERATED)
    if not generated:
        return
    yield (
        "# Vault generates these secrets. The plugin adds keys, and reads their names, no value.",
        [
            rule
            for kind, granted in (
                ("data", ["create", "patch", "update"]),
                ("subkeys", ["read"]),
            )
            for rule in (
                (path, granted)
                for path in _siblings(f"{s['mount']}/{kind}/{s['path']}" for s in generated)
            )
        ],
    )
    yield (
        "# The password policy that generates them.",
        [
            rule
            for policy in declared.of_type(_GENERATOR)
            for rule in (
                (f"sys/policies/password/{policy['name']}", _EVERYTHING),
                (f"sys/policies/password/{policy['name']}/generate", ["read"]),
            )
        ],
    )
    policies = [f"sys/policies/acl/{p['name']}" for p in declared.of_type(_POLICY)]
    roles = [f"auth/{r['backend']}/role/{r['roleName']}" for r in declared.of_type(_ROLE)]
    yield (
        _READERS,
        [(_common(names), _EVERYTHING) for names in (policies, roles)],
    )


def _siblings(paths: Iterable[str]) -> Sequence[str]:
    """Return *paths*, sorted; those in one folder become one path with `+` at its end."""
    folders: dict[str, list[str]] = defaultdict(list)
    for path in paths:
        folders[path.rpartition("/")[0]].append(path)
    return sorted(f"{f}/+" if len(own) > 1 else own[0] for f, own in folders.items())


def _common(names: Sequence[str]) -> str:
    """Return the only one of *names*, or what all begin with and `*`."""
    return names[0] if len(names) == 1 else f"{os.path.commonprefix(names)}*"  # noqa: RUF071 - no paths


def _place(declared: Declared) -> str:
    vault = declared.settings.vault
    return f"{vault.address}, namespace {vault.namespace}" if vault.namespace else vault.address


def _policy(place: str, rules: Iterable[Rules]) -> str:
    parts = [f"# Vault at {place}.\n"]
    for reason, paths in rules:
        lines = [
            f'path "{path}" {{ capabilities = {json.dumps(capabilities)} }}\n'
            for path, capabilities in paths
        ]
        parts.append(f"{reason}\n{''.join(lines)}")
    return "\n".join(parts)
