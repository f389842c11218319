"""The arguments of `ServiceSecrets`, and what is wrong with them."""

from collections.abc import Iterator
from typing import NotRequired, TypedDict

import pulumi

from components.alerting_secrets import SecretKeyArgs
from components.arguments import Problem, refusals, shown
from systems import kubernetes as names

OPERATORS = ("external-secrets", "vault-secrets-operator")


class GeneratedArgs(TypedDict):
    """A secret whose values Vault generates."""

    keys: list[str]
    """The keys with a generated value."""
    fixed: NotRequired[dict[str, str]]
    """Further keys with their values, such as a user name. They are no secrets."""
    rotation: NotRequired[int]
    """Raise it by one for new values; by default 1."""


class ServiceArgs(TypedDict):
    """One service: who it is in the cluster, and what it reads."""

    namespace: str
    """The namespace of its pods."""
    service_account: str
    """The service account of its pods."""
    variables: dict[str, SecretKeyArgs]
    """Environment variables that hold a secret, by name."""
    resolves: NotRequired[bool]
    """Whether it reads Vault itself, by references in its environment; by default false."""


class DeliveryArgs(TypedDict):
    """The operator of the cluster that copies secrets from Vault into Secrets."""

    operator: str
    """`external-secrets`, or `vault-secrets-operator` for HashiCorp's."""
    address: pulumi.Input[str]
    """The URL of Vault, as the operator reaches it."""
    vault_namespace: NotRequired[str]
    """The Vault namespace."""
    authority: NotRequired[str]
    """
    What has Vault's certificate authority under the key `ca.crt`, in each namespace: the name of a
    ConfigMap for External Secrets, of a Secret for HashiCorp's operator. By default the operator
    trusts the authorities of its own pod.
    """
    service_account: str
    """The service account that is created in each namespace; the operator logs in as it."""
    refresh: NotRequired[str]
    """The time after which a changed value is copied at the latest; by default `1h`."""


class ServiceSecretsArgs(TypedDict):
    """The secrets of services in Vault, and who reads which."""

    mount: str
    """The KV version 2 mount."""
    password_policy: str
    """The name of the password policy, which is created."""
    generated: dict[str, GeneratedArgs]
    """What Vault generates, by path below the mount."""
    expected: dict[str, list[str]]
    """The keys that operators provide, by path below the mount."""
    required: NotRequired[bool]
    """Whether an `up` fails while an expected key is missing; by default true."""
    services: dict[str, ServiceArgs]
    """The services by name."""
    auth_mount: str
    """The mount of Vault's Kubernetes auth method, which an administrator configures."""
    prefix: str
    """The prefix of the names of policies and roles."""
    audience: NotRequired[str]
    """The audience of the tokens with which services log in; by default `vault`."""
    token_seconds: NotRequired[int]
    """The lifetime of a login; by default 3600."""
    delivery: DeliveryArgs
    """How containers get the values."""


def paths_of(service: ServiceArgs) -> list[str]:
    """Return the paths that *service* reads, sorted."""
    return sorted({variable["path"] for variable in service["variables"].values()})


def problems(args: ServiceSecretsArgs) -> Iterator[Problem]:
    """Yield what is wrong with *args*."""
    for argument, mount in (("mount", args["mount"]), ("auth_mount", args["auth_mount"])):
        if not mount or mount.strip("/") != mount:
            yield argument, f"{shown(mount)}: pass the mount's path without slashes at its ends"
    operator = args["delivery"]["operator"]
    if operator not in OPERATORS:
        yield "delivery.operator", f"{shown(operator)}: pass {' or '.join(OPERATORS)}"
    account = args["delivery"]["service_account"]
    yield from refusals("delivery.service_account", names.check_subdomain, account)
    for path, secret in args["generated"].items():
        if path in args["expected"]:
            yield f"expected.{path}", "generated, too: remove it from one of them"
        if not secret["keys"]:
            yield f"generated.{path}.keys", "no key: pass at least one"
    known = {path: {*s["keys"], *s.get("fixed", {})} for path, s in args["generated"].items()}
    known |= {path: set(keys) for path, keys in args["expected"].items()}
    for name, service in args["services"].items():
        yield from _service_problems(f"services.{name}", name, service, known)


def _service_problems(
    place: str, name: str, service: ServiceArgs, known: dict[str, set[str]]
) -> Iterator[Problem]:
    yield from refusals(place, names.check_label, name)
    yield from refusals(f"{place}.namespace", names.check_label, service["namespace"])
    account = service["service_account"]
    yield from refusals(f"{place}.service_account", names.check_subdomain, account)
    if not service["variables"]:
        yield f"{place}.variables", "none: pass at least one, or leave the service out"
    for variable, secret in service["variables"].items():
        path, key = secret["path"], secret["key"]
        if not path or path.strip("/") != path:
            yield (
                f"{place}.variables.{variable}.path",
                f"{shown(path)}: pass a path without slashes at its ends",
            )
        elif path in known and key not in known[path]:
            yield (
                f"{place}.variables.{variable}.key",
                f"{shown(key)}: {path} has {', '.join(sorted(known[path]))}: pass one of them",
            )
