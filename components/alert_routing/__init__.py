"""Alertmanager's routing: who is notified of which alert, and the secrets that it reads."""

import re
from typing import Any

import pulumi
import pulumi_kubernetes as kubernetes

from components.alert_routing.added_routes import KIND as ADDED_KIND
from components.alert_routing.added_routes import added_routes
from components.alert_routing.args import (
    AlertRoutingArgs,
    ChannelArgs,
    HeartbeatArgs,
    InhibitionArgs,
    PagerArgs,
    problems,
    secret_keys,
)
from components.alert_routing.configuration import as_yaml, configuration
from components.arguments import checked

__all__ = [
    "AlertRouting",
    "AlertRoutingArgs",
    "ChannelArgs",
    "HeartbeatArgs",
    "InhibitionArgs",
    "PagerArgs",
]

KIND = ("external-secrets.io/v1", "ExternalSecret")

_READY_SECONDS = 60


class AlertRouting(pulumi.ComponentResource):
    """
    An ExternalSecret, from which the cluster makes the Secret that Alertmanager reads.

    In its first form the Secret is Alertmanager's whole configuration. With `added` it has the keys
    only, and an AlertmanagerConfig adds routes to the configuration that the company has.

    The configuration is in the ExternalSecret, which only names the secrets: in a Secret the
    engine would hide every change in previews.
    """

    secret_name: pulumi.Output[str]
    """The name of the Secret that the cluster makes."""
    external_secrets: pulumi.Output[list[str]]
    """The ExternalSecrets, as `namespace/name`."""

    def __init__(
        self,
        name: str,
        args: AlertRoutingArgs,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Declare the routing of *args* under *name*."""
        args = checked("AlertRouting", name, AlertRoutingArgs, args, problems)
        super().__init__("waqiti:index:AlertRouting", name, {}, opts)
        secret = args.get("object_name", name)
        added = args.get("added", False)

        keys = kubernetes.apiextensions.CustomResource(
            f"{name}-configuration" if not added else f"{name}-keys",
            api_version=KIND[0],
            kind=KIND[1],
            metadata=kubernetes.meta.v1.ObjectMetaArgs(
                name=secret,
                namespace=args["namespace"],
                annotations={
                    # Else an `up` succeeds while nobody is notified of anything.
                    "pulumi.com/waitFor": "condition=Ready",
                    "pulumi.com/timeoutSeconds": str(_READY_SECONDS),
                },
            ),
            spec=pulumi.Output.from_input(
                args["pager"]["events_url"] if "pager" in args else ""
            ).apply(lambda url: _external_secret(args, secret, url)),
            opts=pulumi.ResourceOptions(parent=self),
        )
        if added:
            kubernetes.apiextensions.CustomResource(
                f"{name}-routes",
                api_version=ADDED_KIND[0],
                kind=ADDED_KIND[1],
                metadata=kubernetes.meta.v1.ObjectMetaArgs(
                    name=secret, namespace=args["namespace"]
                ),
                spec=added_routes(args, secret),
                opts=pulumi.ResourceOptions(parent=self, depends_on=[keys]),
            )

        self.secret_name = pulumi.Output.from_input(secret)
        self.external_secrets = pulumi.Output.all(keys.id)
        self.register_outputs(
            {"secret_name": self.secret_name, "external_secrets": self.external_secrets}
        )


def _external_secret(args: AlertRoutingArgs, secret: str, events_url: str) -> dict[str, Any]:
    keys = secret_keys(args)
    generation = args["pager"].get("key_generation", 1) if "pager" in args else 1
    texts = {}
    if not args.get("added", False):
        texts = {
            "alertmanager.yaml": as_yaml(configuration(args, secret, events_url)),
            "messages.tmpl": args.get("messages", ""),
        }
    return {
        "refreshInterval": "5m",
        "secretStoreRef": {"kind": "ClusterSecretStore", "name": args["secret_store"]},
        "target": {
            "name": secret,
            "creationPolicy": "Owner",
            "template": {
                "engineVersion": "v2",
                # Another number is another spec, which External Secrets syncs at once.
                "metadata": {"annotations": {"key-generation": str(generation)}},
                "data": {key: _literal(text) for key, text in texts.items()}
                | {key: f"{{{{ .{key} }}}}" for key in keys},
            },
        },
        "data": [
            {"secretKey": key, "remoteRef": {"key": path, "property": key}}
            for key, path in keys.items()
        ],
    }


def _literal(text: str) -> str:
    """Escape *text* so that External Secrets, which fills in templates, returns it as it is."""
    return re.sub(r"\{\{|\}\}", lambda braces: f'{{{{ "{braces[0]}" }}}}', text)
