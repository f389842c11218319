"""The daily job that verifies the audit trail, and the exporter of its result."""

import json
from typing import Any

import pulumi
import pulumi_kubernetes as kubernetes

from components.arguments import checked
from components.audit_reconciliation.args import (
    AuditReconciliationArgs,
    KafkaClientArgs,
    OperationsArgs,
    object_name,
    problems,
)
from components.audit_reconciliation.pods import (
    CREDENTIALS,
    PORT,
    cron_job,
    exporter,
    labels,
    pod_configuration,
    traffic,
)
from systems.kubernetes import RESTRICTED

__all__ = ["AuditReconciliation", "AuditReconciliationArgs", "KafkaClientArgs", "OperationsArgs"]

_EXTERNAL_SECRET = ("external-secrets.io/v1", "ExternalSecret")
_MONITOR = ("monitoring.coreos.com/v1", "ServiceMonitor")
# The provider would wait for pods and endpoints, which Pulumi has no right to read. That they do
# not start is the alert about the absence of their metrics.
_NO_WAIT = {"pulumi.com/skipAwait": "true"}


class AuditReconciliation(pulumi.ComponentResource):
    """
    A CronJob that compares operations with audit records, and an exporter that Prometheus scrapes.

    Both read one topic in one consumer group, which also keeps the result of the last run.
    """

    external_secrets: pulumi.Output[list[str]]
    """The ExternalSecrets of the pods' keys, as `namespace/name`."""

    def __init__(
        self,
        name: str,
        args: AuditReconciliationArgs,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Declare the job of *args* under *name*."""
        args = checked(
            "AuditReconciliation", name, AuditReconciliationArgs, args, lambda a: problems(name, a)
        )
        super().__init__("waqiti:index:AuditReconciliation", name, {}, opts)
        self._prefix, self._args = name, args
        self._own = object_name(name, args)

        inside = pulumi.ResourceOptions(parent=self, depends_on=self._namespace())
        keys = self._access(inside)
        kubernetes.batch.v1.CronJob(
            name, metadata=self._metadata(), spec=cron_job(self._own, args), opts=inside
        )
        self._metrics(inside)
        self.external_secrets = pulumi.Output.all(keys.id)
        self.register_outputs({"external_secrets": self.external_secrets})

    def _metadata(self, **more: object) -> dict[str, Any]:
        return {
            "name": self._own,
            "namespace": self._args["namespace"],
            "labels": labels(self._own),
            **more,
        }

    def _namespace(self) -> list[pulumi.Resource]:
        if self._args.get("existing_namespace", False):
            return []
        namespace = kubernetes.core.v1.Namespace(
            f"{self._prefix}-namespace",
            metadata={
                "name": self._args["namespace"],
                "labels": labels(self._own) | RESTRICTED,
            },
            opts=pulumi.ResourceOptions(parent=self),
        )
        return [namespace]

    def _access(self, inside: pulumi.ResourceOptions) -> kubernetes.apiextensions.CustomResource:
        """Declare what the pods run as, read, and may reach; return what they read from Vault."""
        name, args = self._prefix, self._args
        kubernetes.core.v1.ServiceAccount(
            f"{name}-account",
            metadata=self._metadata(),
            automount_service_account_token=False,
            opts=inside,
        )
        kubernetes.core.v1.ConfigMap(
            f"{name}-settings",
            metadata=self._metadata(),
            data={
                "configuration.json": json.dumps(pod_configuration(args), indent=2),
            },
            opts=inside,
        )
        kubernetes.networking.v1.NetworkPolicy(
            f"{name}-traffic",
            metadata=self._metadata(),
            spec=traffic(self._own, args),
            opts=inside,
        )
        return kubernetes.apiextensions.CustomResource(
            f"{name}-keys",
            api_version=_EXTERNAL_SECRET[0],
            kind=_EXTERNAL_SECRET[1],
            metadata=kubernetes.meta.v1.ObjectMetaArgs(name=self._own, namespace=args["namespace"]),
            spec={
                "refreshInterval": "5m",
                "secretStoreRef": {"kind": "ClusterSecretStore", "name": args["secret_store"]},
                "target": {"name": self._own, "creationPolicy": "Owner"},
                "data": [
                    {"secretKey": key, "remoteRef": {"key": args["secret"], "property": key}}
                    for key in CREDENTIALS
                ],
            },
            opts=inside,
        )

    def _metrics(self, inside: pulumi.ResourceOptions) -> None:
        """Declare the exporter, and that Prometheus scrapes it."""
        name, args = self._prefix, self._args
        selected = {"app.kubernetes.io/name": self._own}
        kubernetes.apps.v1.Deployment(
            f"{name}-exporter",
            metadata=self._metadata(annotations=_NO_WAIT),
            spec=exporter(self._own, args),
            opts=inside,
        )
        kubernetes.core.v1.Service(
            f"{name}-metrics",
            metadata=self._metadata(annotations=_NO_WAIT, labels=labels(self._own) | selected),
            spec={
                "selector": selected,
                "ports": [{"name": "metrics", "port": PORT, "targetPort": PORT}],
            },
            opts=inside,
        )
        kubernetes.apiextensions.CustomResource(
            f"{name}-monitor",
            api_version=_MONITOR[0],
            kind=_MONITOR[1],
            metadata=kubernetes.meta.v1.ObjectMetaArgs(
                name=self._own,
                namespace=args["monitoring_namespace"],
                labels=args["monitoring_labels"],
            ),
            spec={
                "namespaceSelector": {"matchNames": [args["namespace"]]},
                "selector": {"matchLabels": selected},
                "endpoints": [{"port": "metrics", "interval": "30s"}],
            },
            opts=pulumi.ResourceOptions(parent=self),
        )
