"""Secrets in Vault that alerting reads, and the references with which services find them."""

from collections.abc import Iterator
from typing import Any, NotRequired, TypedDict

import pulumi
import pulumi_vault as vault

from components.arguments import Problem, checked
from components.explaining import explained, lost

# A part of the provider's error, and what it means.
_REMEDIES = {
    "check-and-set parameter required": (
        "Vault requires check-and-set here, which Pulumi does not send: run `vault kv metadata put "
        "-cas-required=false` for this path, or `vault write MOUNT/config cas_required=false`"
    ),
    "permission denied": (
        "the token in VAULT_TOKEN may not write this path: grant create, read, update and delete "
        "on MOUNT/data and MOUNT/metadata of this path"
    ),
    "Code: 429": "Vault still answered 429 after two retries: run it again in a few minutes",
    "Code: 50": "Vault still failed after two retries: read its log, and run it again",
    # A second write to the path is another version of the same secret.
    **lost("Vault still did not answer after two retries: read its log, and run it again"),
}


class SecretKeyArgs(TypedDict):
    """One key of a secret in Vault."""

    path: str
    """The secret's path below the mount."""
    key: str
    """The key in the secret."""


class AlertingSecretsArgs(TypedDict):
    """The secrets to write, and the variables that refer to secrets."""

    mount: str
    """The KV version 2 mount."""
    secrets: dict[str, dict[str, pulumi.Input[str]]]
    """What Pulumi writes: by path below the mount, values by key. Every value becomes a secret."""
    variables: NotRequired[dict[str, SecretKeyArgs]]
    """Environment variables that hold a secret, by name."""
    switches: NotRequired[dict[str, bool]]
    """Environment variables that hold true or false, by name."""


class AlertingSecrets(pulumi.ComponentResource):
    """
    Secrets in Vault.

    The provider never reads a value back, so a value that was changed by hand is not drift.
    """

    paths: pulumi.Output[list[str]]
    """The full paths of the secrets."""
    environment: pulumi.Output[dict[str, Any]]
    """
    Every variable by name. A switch has its `value`. A secret has one reference for each way of
    delivery: `kv_v1` and `kv_v2` for Vault's injectors, `kubernetes` for a container's `valueFrom`.
    """

    def __init__(
        self,
        name: str,
        args: AlertingSecretsArgs,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Declare the secrets of *args* under *name*."""
        args = checked("AlertingSecrets", name, AlertingSecretsArgs, args, _problems)
        super().__init__("waqiti:index:AlertingSecrets", name, {}, opts)

        child = pulumi.ResourceOptions(
            parent=self,
            # Both have the same path: created first, the new one would be deleted as the old.
            delete_before_replace=True,
            hooks=explained(name, self, _REMEDIES),
        )
        paths = [
            vault.kv.SecretV2(
                f"{name}-{path.replace('/', '-')}",
                mount=args["mount"],
                name=path,
                data_json=pulumi.Output.json_dumps(
                    {key: pulumi.Output.secret(value) for key, value in values.items()}
                ),
                opts=child,
            ).path
            for path, values in sorted(args["secrets"].items())
        ]

        self.paths = pulumi.Output.all(*paths)
        self.environment = pulumi.Output.from_input(_environment(args))
        self.register_outputs({"paths": self.paths, "environment": self.environment})


def _problems(args: AlertingSecretsArgs) -> Iterator[Problem]:
    if not args["mount"] or args["mount"].strip("/") != args["mount"]:
        yield "mount", f"{args['mount']!r}: pass the mount's path without slashes at its ends"
    paths = {f"secrets.{path}": path for path in args["secrets"]}
    paths |= {f"variables.{n}.path": v["path"] for n, v in args.get("variables", {}).items()}
    for argument, path in paths.items():
        if not path or path.strip("/") != path:
            yield argument, f"{path!r}: pass a path without slashes at its ends"
    for path, values in args["secrets"].items():
        if not values:
            yield f"secrets.{path}", "no key: pass at least one"


def _environment(args: AlertingSecretsArgs) -> dict[str, Any]:
    mount = args["mount"]
    switches = {n: {"value": str(on).lower()} for n, on in args.get("switches", {}).items()}
    return switches | {
        variable: {
            "kv_v1": f"${{vault:{mount}/{secret['path']}#{secret['key']}}}",
            "kv_v2": f"${{vault:{mount}/data/{secret['path']}#{secret['key']}}}",
            "kubernetes": {
                "secretKeyRef": {"name": secret["path"].replace("/", "-"), "key": secret["key"]}
            },
        }
        for variable, secret in args.get("variables", {}).items()
    }
