"""The secrets of services in Vault: values that nobody sees, and who may read which."""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

import pulumi
import pulumi_kubernetes as kubernetes
import pulumi_vault as vault

from components.arguments import checked
from components.explaining import explained, lost
from components.service_secrets.args import (
    DeliveryArgs,
    GeneratedArgs,
    ServiceArgs,
    ServiceSecretsArgs,
    paths_of,
    problems,
)
from components.service_secrets.delivery import Described, connections, copy, secret_name
from components.vault_resources import (
    ExpectedSecret,
    ExpectedSecretArgs,
    GeneratedSecret,
    GeneratedSecretArgs,
    PasswordPolicy,
    PasswordPolicyArgs,
)

__all__ = [
    "DeliveryArgs",
    "GeneratedArgs",
    "ServiceArgs",
    "ServiceSecrets",
    "ServiceSecretsArgs",
]

# Letters and digits alone: every client of a database takes them in a URL without escapes.
_RULES = """\
length = 40
rule "charset" { charset = "abcdefghijklmnopqrstuvwxyz" min-chars = 1 }
rule "charset" { charset = "ABCDEFGHIJKLMNOPQRSTUVWXYZ" min-chars = 1 }
rule "charset" { charset = "0123456789" min-chars = 1 }
"""

_REMEDIES = {
    "no handler for route": (
        "Vault has no auth method at this mount: enable `kubernetes` there and configure it, or "
        "correct the mount"
    ),
    "permission denied": (
        "the token in VAULT_TOKEN may not write this path: grant what `waqiti grants` prints"
    ),
    **lost("Vault still did not answer after two retries: read its log, and run it again"),
}


class ServiceSecrets(pulumi.ComponentResource):
    """
    Secrets that Vault generates or operators provide, and the services that read them.

    Each service has a policy that opens its own paths for reading and nothing else, and a role of
    Vault's Kubernetes auth method for its service account. In each namespace an operator logs in by
    a role of its own and copies what the services there read into Secrets, one for each path.
    """

    environment: pulumi.Output[dict[str, Any]]
    """
    By service, every variable by name: a `secretKeyRef` for a container's `valueFrom`. For services
    that read Vault themselves it is a `value`, the reference; VAULT_ROLE is the role to log in by.
    """
    external_secrets: pulumi.Output[list[str]]
    """The ids of the ExternalSecrets whose secrets Vault has after an `up`, as `namespace/name`."""

    def __init__(
        self,
        name: str,
        args: ServiceSecretsArgs,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Declare the secrets and readers of *args* under *name*."""
        args = checked("ServiceSecrets", name, ServiceSecretsArgs, args, problems)
        super().__init__("waqiti:index:ServiceSecrets", name, {}, opts)
        self._prefix, self._args = name, args
        self._hooks = explained(name, self, _REMEDIES)

        secrets = self._secrets()
        for service, reader in sorted(args["services"].items()):
            self._reader(service, reader["namespace"], reader["service_account"], paths_of(reader))
        ids = [
            identity
            for namespace, keys in sorted(_delivered(args["services"].values()).items())
            for identity in self._delivery(namespace, keys, secrets)
        ]

        self.environment = pulumi.Output.from_input(_environment(args))
        self.external_secrets = pulumi.Output.all(*ids)
        self.register_outputs(
            {"environment": self.environment, "external_secrets": self.external_secrets}
        )

    def _secrets(self) -> Mapping[str, pulumi.Resource]:
        """Declare what is in Vault, by path."""
        name, args, inside = self._prefix, self._args, pulumi.ResourceOptions(parent=self)
        policy = PasswordPolicy(
            f"{name}-passwords",
            PasswordPolicyArgs(name=args["password_policy"], policy=_RULES),
            inside,
        )
        generated = {
            path: GeneratedSecret(
                f"{name}-{secret_name(path)}",
                GeneratedSecretArgs(
                    mount=args["mount"],
                    path=path,
                    generated=secret["keys"],
                    policy=policy.name,
                    fixed=secret.get("fixed", {}),
                    rotation=secret.get("rotation", 1),
                ),
                inside,
            )
            for path, secret in sorted(args["generated"].items())
        }
        expected = {
            path: ExpectedSecret(
                f"{name}-{secret_name(path)}",
                ExpectedSecretArgs(
                    mount=args["mount"],
                    path=path,
                    keys=keys,
                    required=args.get("required", True),
                ),
                inside,
            )
            for path, keys in sorted(args["expected"].items())
        }
        return {**generated, **expected}

    def _reader(
        self, who: str, namespace: str, account: str, paths: Iterable[str]
    ) -> list[pulumi.Resource]:
        """Let the service account *account* of *namespace* read *paths*, and nothing else."""
        args, title = self._args, f"{self._args['prefix']}{who}"
        inside = pulumi.ResourceOptions(parent=self, hooks=self._hooks)
        policy = vault.Policy(
            f"{self._prefix}-{who}-policy",
            name=title,
            policy="".join(_rule(f"{args['mount']}/data/{path}") for path in paths),
            opts=inside,
        )
        role = vault.kubernetes.AuthBackendRole(
            f"{self._prefix}-{who}-role",
            backend=args["auth_mount"],
            role_name=title,
            bound_service_account_names=[account],
            bound_service_account_namespaces=[namespace],
            audience=args.get("audience", "vault"),
            token_policies=[title],
            token_ttl=args.get("token_seconds", 3600),
            opts=inside,
        )
        return [policy, role]

    def _delivery(
        self,
        namespace: str,
        keys: Mapping[str, list[str]],
        secrets: Mapping[str, pulumi.Resource],
    ) -> list[pulumi.Output[str]]:
        """Declare the copies in *namespace*; return those whose secrets nobody has to provide."""
        args, account = self._args, self._args["delivery"]["service_account"]
        who = f"{namespace}.delivery"  # no service has a name with a dot
        login: list[pulumi.Resource] = [
            kubernetes.core.v1.ServiceAccount(
                f"{self._prefix}-{who}-account",
                metadata={"name": account, "namespace": namespace},
                automount_service_account_token=False,
                opts=pulumi.ResourceOptions(parent=self),
            ),
            *self._reader(who, namespace, account, keys),
        ]
        for described in connections(args, f"{args['prefix']}{who}"):
            login.append(self._object(namespace, described, login))
        copies = {}
        for path, wanted in keys.items():
            needed = [*login, *([secrets[path]] if path in secrets else [])]
            copies[path] = self._object(namespace, copy(args, path, wanted), needed)
        if args["delivery"]["operator"] != "external-secrets":
            return []
        return [copied.id for path, copied in copies.items() if path not in args["expected"]]

    def _object(
        self, namespace: str, described: Described, needed: list[pulumi.Resource]
    ) -> kubernetes.apiextensions.CustomResource:
        return kubernetes.apiextensions.CustomResource(
            f"{self._prefix}-{namespace}-{described.kind.lower()}-{described.name}",
            api_version=described.version,
            kind=described.kind,
            metadata=kubernetes.meta.v1.ObjectMetaArgs(name=described.name, namespace=namespace),
            spec=described.spec,
            opts=pulumi.ResourceOptions(parent=self, depends_on=needed),
        )


def _rule(path: str) -> str:
    return f'path {json.dumps(path)} {{ capabilities = ["read"] }}\n'


def _delivered(services: Iterable[ServiceArgs]) -> Mapping[str, Mapping[str, list[str]]]:
    """Return the keys that some container reads, by namespace and path, all sorted."""
    keys: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for service in services:
        if service.get("resolves", False):
            continue
        for variable in service["variables"].values():
            keys[service["namespace"]][variable["path"]].add(variable["key"])
    return {
        namespace: {path: sorted(wanted) for path, wanted in sorted(by_path.items())}
        for namespace, by_path in keys.items()
    }


def _environment(args: ServiceSecretsArgs) -> dict[str, Any]:
    return {
        name: _references(f"{args['prefix']}{name}", service, args["mount"])
        if service.get("resolves", False)
        else _key_refs(service)
        for name, service in sorted(args["services"].items())
    }


def _key_refs(service: ServiceArgs) -> dict[str, Any]:
    return {
        variable: {"secretKeyRef": {"name": secret_name(secret["path"]), "key": secret["key"]}}
        for variable, secret in service["variables"].items()
    }


def _references(role: str, service: ServiceArgs, mount: str) -> dict[str, Any]:
    return {"VAULT_ROLE": {"value": role}} | {
        variable: {"value": f"${{vault:{mount}/data/{secret['path']}#{secret['key']}}}"}
        for variable, secret in service["variables"].items()
    }
