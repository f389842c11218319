"""The secrets that alerting needs, and how a service is told where they are."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_vault as vault

from settings import AlertingSettings

# Each variable of the source checklist, and the secret (path below the mount, key) that it holds.
_VARIABLES = {
    "PAGERDUTY_INTEGRATION_KEY": ("alerting/pagerduty", "integration_key"),
    "SLACK_WEBHOOK_CRITICAL": ("alerting/slack", "critical_webhook"),
    "SLACK_WEBHOOK_FRAUD": ("alerting/slack", "fraud_webhook"),
    "SLACK_WEBHOOK_COMPLIANCE": ("alerting/slack", "compliance_webhook"),
    "SLACK_WEBHOOK_ENGINEERING": ("alerting/slack", "engineering_webhook"),
}
_PAGERDUTY_PATH, _PAGERDUTY_KEY = _VARIABLES["PAGERDUTY_INTEGRATION_KEY"]


@dataclass(frozen=True, kw_only=True)
class AlertingSecretsArgs:
    """
    What `AlertingSecrets` needs.

    Args:
        mount: The KV version 2 mount.
        integration_key: PagerDuty's integration key; a secret.
        alerting: Which ways of alerting are on.
    """

    mount: str
    integration_key: pulumi.Output[str]
    alerting: AlertingSettings


class AlertingSecrets(pulumi.ComponentResource):
    """
    Alerting's secrets in Vault.

    The provider never reads a value back: `python -m waqiti verify` compares it with the state.
    """

    path: pulumi.Output[str]
    environment: Mapping[str, Mapping[str, Any]]

    def __init__(
        self,
        name: str,
        args: AlertingSecretsArgs,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Declare the secrets of *args* under *name*."""
        super().__init__("waqiti:vault:AlertingSecrets", name, {}, opts)

        secret = vault.kv.SecretV2(
            f"{name}-pagerduty",
            mount=args.mount,
            name=_PAGERDUTY_PATH,
            data_json=pulumi.Output.json_dumps({_PAGERDUTY_KEY: args.integration_key}),
            # Both have the same path: made first, the new one would be deleted as the old one.
            opts=pulumi.ResourceOptions(parent=self, delete_before_replace=True),
        )

        self.path = secret.path
        self.environment = alerting_environment(args.mount, args.alerting)
        self.register_outputs({"path": self.path, "environment": self.environment})


def alerting_environment(mount: str, alerting: AlertingSettings) -> Mapping[str, Mapping[str, Any]]:
    """
    Give every variable that a service of the platform gets for alerting.

    A switch has its `value`. A secret has one reference for each way of delivery: `kv_v1` and
    `kv_v2` as Vault's injectors write it, `kubernetes` as a container's `valueFrom`.
    """
    switches = alerting.model_dump()
    return {name.upper(): {"value": str(on).lower()} for name, on in switches.items()} | {
        name: {
            "kv_v1": f"${{vault:{mount}/{path}#{key}}}",
            "kv_v2": f"${{vault:{mount}/data/{path}#{key}}}",
            "kubernetes": {"secretKeyRef": {"name": path.replace("/", "-"), "key": key}},
        }
        for name, (path, key) in _VARIABLES.items()
    }
