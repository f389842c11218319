"""Secrets, policies and roles in Vault that the stack does not declare; values are never read."""

import os
from collections.abc import Iterator
from pathlib import Path

import hvac

from clients.vault import connect, names
from grants.declared import settings_of
from settings import Settings
from waqiti.unmanaged.thing import Stack, Thing

_SECRETS = ("vault:kv/secretV2:SecretV2", "waqiti:vault:GeneratedSecret")
_POLICY = "vault:index/policy:Policy"
_ROLE = "vault:kubernetes/authBackendRole:AuthBackendRole"


def unmanaged(stack: Stack) -> Iterator[Thing]:
    """
    Yield each path of the mount, policy with the stack's prefix and role that is not declared.

    A folder in which nothing is declared is one object: what is in it is not listed.

    Raises:
        NoAnswerError: Vault does not answer, or refuses.
    """
    provider = stack.provider("vault")
    vault = connect(provider["address"], provider.get("namespace"))
    mount, settings = stack.section("vault")["mount"], _settings(stack)
    known = _written(stack, mount) | {*settings.operator_provided}
    for path in _paths(vault, mount, known, ""):
        yield Thing("Vault path", f"{mount}/{path}")
    policies = {resource["outputs"]["name"] for resource in stack.state.of_type(_POLICY)}
    for policy in names(vault, "sys/policies/acl"):
        if policy.startswith(settings.object_prefix) and policy not in policies:
            yield Thing("Vault policy", policy)
    roles = [resource["outputs"] for resource in stack.state.of_type(_ROLE)]
    declared = {f"{role['backend']}/{role['roleName']}" for role in roles}
    for backend in sorted({role["backend"] for role in roles}):
        for role in names(vault, f"auth/{backend}/role"):
            if f"{backend}/{role}" not in declared:
                yield Thing("Vault role", f"{backend}/{role}")


def _paths(vault: hvac.Client, mount: str, declared: set[str], folder: str) -> Iterator[str]:
    for name in names(vault, f"{mount}/metadata/{folder}"):
        path = f"{folder}{name}"
        if not name.endswith("/"):
            if path not in declared:
                yield path
        elif any(known.startswith(path) for known in declared):
            yield from _paths(vault, mount, declared, path)
        else:
            yield path


def _written(stack: Stack, mount: str) -> set[str]:
    """Return the paths of the secrets that the stack writes."""
    return {
        resource["inputs"].get("path") or resource["inputs"]["name"]
        for token in _SECRETS
        for resource in stack.state.of_type(token)
        if resource["inputs"]["mount"] == mount
    }


def _settings(stack: Stack) -> Settings:
    """Return the settings of *stack*: operators write secrets that no resource declares."""
    own = os.environ.get("PULUMI_OPTION_CONFIG_FILE")
    settings, _ = settings_of(stack.name, Path(own) if own else None)
    return settings
