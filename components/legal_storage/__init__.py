"""The volume of legal documents, and the pods that copy, verify and hold them."""

import json
from typing import Any
from urllib.parse import urlsplit

import pulumi
import pulumi_kubernetes as kubernetes

from components.arguments import checked
from components.legal_storage.args import (
    AzureBlobArgs,
    ClaimArgs,
    LegalStorageArgs,
    OfficerArgs,
    OwnerArgs,
    S3Args,
    endpoint,
    object_name,
    problems,
    secret_keys,
)
from components.legal_storage.pods import OFFICER, TASKS, cron_job, labels, pod_configuration
from systems.kubernetes import RESTRICTED

__all__ = [
    "AzureBlobArgs",
    "ClaimArgs",
    "LegalStorage",
    "LegalStorageArgs",
    "OfficerArgs",
    "OwnerArgs",
    "S3Args",
]

KIND = ("external-secrets.io/v1", "ExternalSecret")

_HTTPS = 443


class LegalStorage(pulumi.ComponentResource):
    """
    A PersistentVolumeClaim whose class has reclaim policy Retain, and CronJobs for its documents.

    Applications mount the folder `documents` of the claim.
    """

    claim_name: pulumi.Output[str]
    """The name of the claim."""
    external_secrets: pulumi.Output[list[str]]
    """The ExternalSecrets of the pods' keys, as `namespace/name`."""

    def __init__(
        self,
        name: str,
        args: LegalStorageArgs,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Declare the storage of *args* under *name*."""
        args = checked("LegalStorage", name, LegalStorageArgs, args, lambda a: problems(name, a))
        super().__init__("waqiti:index:LegalStorage", name, {}, opts)
        self._prefix, self._args = name, args

        namespaces = {"backup": args["namespace"], OFFICER: args["officer"]["namespace"]}
        declared = {user: self._namespace(user, at) for user, at in namespaces.items()}
        claim = self._claim(declared["backup"])
        self.external_secrets = pulumi.Output.all(
            *(self._access(user, at, declared[user]) for user, at in namespaces.items())
        )
        for command, task in sorted(TASKS.items()):
            user = OFFICER if task.keys == OFFICER else "backup"
            kubernetes.batch.v1.CronJob(
                f"{name}-{command}",
                metadata=self._metadata(namespaces[user], f"-{command}"),
                spec=cron_job(task, object_name(name, args), args),
                opts=pulumi.ResourceOptions(
                    parent=self, depends_on=[claim] if task.folder else declared[user]
                ),
            )

        self.claim_name = claim.metadata.apply(
            lambda metadata: metadata.name or object_name(name, args)
        )
        self.register_outputs(
            {"claim_name": self.claim_name, "external_secrets": self.external_secrets}
        )

    def _metadata(self, namespace: str, suffix: str = "") -> dict[str, Any]:
        name = object_name(self._prefix, self._args)
        return {"name": f"{name}{suffix}", "namespace": namespace, "labels": labels(name)}

    def _named(self, user: str, what: str) -> str:
        """Return the name of a resource; those of the backup's namespace have no user in it."""
        return f"{self._prefix}-{what}" if user == "backup" else f"{self._prefix}-{user}-{what}"

    def _namespace(self, user: str, namespace: str) -> list[pulumi.Resource]:
        if self._args.get("existing_namespace", False):
            return []
        declared = kubernetes.core.v1.Namespace(
            self._named(user, "namespace"),
            metadata={
                "name": namespace,
                "labels": labels(object_name(self._prefix, self._args)) | RESTRICTED,
            },
            # Deleting the namespace would delete the claim in it.
            opts=pulumi.ResourceOptions(parent=self, retain_on_delete=self._args["retained"]),
        )
        return [declared]

    def _claim(self, namespace: list[pulumi.Resource]) -> kubernetes.core.v1.PersistentVolumeClaim:
        claim, retained = self._args["claim"], self._args["retained"]
        storage_class = kubernetes.storage.v1.StorageClass(
            f"{self._prefix}-class",
            metadata={"name": claim["storage_class"]},
            provisioner=claim["provisioner"],
            parameters=claim["parameters"],
            reclaim_policy="Retain",
            allow_volume_expansion=True,
            volume_binding_mode="Immediate",
            opts=pulumi.ResourceOptions(parent=self, retain_on_delete=retained),
        )
        return kubernetes.core.v1.PersistentVolumeClaim(
            self._prefix,
            metadata=self._metadata(self._args["namespace"]),
            spec={
                "accessModes": [claim["access_mode"]],
                "storageClassName": claim["storage_class"],
                "resources": {"requests": {"storage": claim["size"]}},
            },
            opts=pulumi.ResourceOptions(
                parent=self, depends_on=[*namespace, storage_class], retain_on_delete=retained
            ),
        )

    def _access(
        self, user: str, namespace: str, declared: list[pulumi.Resource]
    ) -> pulumi.Output[str]:
        """Declare what the pods of a user run as, read, and may reach; return what they read."""
        name, args = self._prefix, self._args
        inside = pulumi.ResourceOptions(parent=self, depends_on=declared)
        kubernetes.core.v1.ServiceAccount(
            self._named(user, "account"),
            metadata=self._metadata(namespace),
            automount_service_account_token=False,
            opts=inside,
        )
        kubernetes.core.v1.ConfigMap(
            self._named(user, "settings"),
            metadata=self._metadata(namespace),
            data={"configuration.json": json.dumps(pod_configuration(args), indent=2)},
            opts=inside,
        )
        kubernetes.networking.v1.NetworkPolicy(
            self._named(user, "traffic"),
            metadata=self._metadata(namespace),
            spec=_traffic(object_name(name, args), args),
            opts=inside,
        )
        secret = f"{object_name(name, args)}-{user}"
        keys = kubernetes.apiextensions.CustomResource(
            f"{name}-{user}-keys",
            api_version=KIND[0],
            kind=KIND[1],
            metadata=kubernetes.meta.v1.ObjectMetaArgs(name=secret, namespace=namespace),
            spec=_external_secret(secret, user, args),
            opts=inside,
        )
        return keys.id


def _external_secret(secret: str, user: str, args: LegalStorageArgs) -> dict[str, Any]:
    officer = args["officer"]
    store, path = args["secret_store"], args["backup_secret"]
    if user == OFFICER:
        store, path = officer["secret_store"], officer["secret"]
    return {
        "refreshInterval": "5m",
        "secretStoreRef": {"kind": "ClusterSecretStore", "name": store},
        "target": {"name": secret, "creationPolicy": "Owner"},
        "data": [
            {"secretKey": key, "remoteRef": {"key": path, "property": key}}
            for key in secret_keys(args)
        ],
    }


def _traffic(name: str, args: LegalStorageArgs) -> dict[str, Any]:
    """Allow no ingress, and egress to DNS and the store."""
    port = urlsplit(endpoint(args)).port or _HTTPS
    return {
        "podSelector": {"matchLabels": labels(name)},
        "policyTypes": ["Ingress", "Egress"],
        "egress": [
            {
                "to": [
                    {
                        "namespaceSelector": {
                            "matchLabels": {"kubernetes.io/metadata.name": "kube-system"}
                        }
                    }
                ],
                "ports": [{"port": 53, "protocol": "UDP"}, {"port": 53, "protocol": "TCP"}],
            },
            {
                "to": [{"ipBlock": {"cidr": cidr}} for cidr in args["store_addresses"]],
                "ports": [{"port": port, "protocol": "TCP"}],
            },
        ],
    }
