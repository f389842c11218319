"""The volume of the legal documents, and the pods that copy, prove and hold them."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import pulumi
import pulumi_kubernetes as kubernetes

from components.legal_storage.pods import LABELS, NAME, TASKS, cron_job, pod_configuration
from settings import LegalStorageSettings
from settings.legal_storage import AzureBlobBackup, S3Backup

KIND = ("external-secrets.io/v1", "ExternalSecret")

_HTTPS = 443
_USERS = ("backup", "officer")
_SEALING = ("encryption-password", "encryption-salt")


@dataclass(frozen=True, kw_only=True)
class LegalStorageArgs:
    """
    What `LegalStorage` needs.

    Args:
        storage: The stack's settings.
        secret_store: The ClusterSecretStore that reads this stack's mount of Vault.
        retained: Whether namespace, class and claim outlive the stack.
    """

    storage: LegalStorageSettings
    secret_store: str
    retained: bool


class LegalStorage(pulumi.ComponentResource):
    """
    A claim on a class whose released volumes stay, and CronJobs that nobody but they need.

    Whoever mounts the claim takes its folder `documents` to `/var/waqiti/legal/documents`.
    """

    claim_name: pulumi.Output[str]

    def __init__(
        self,
        name: str,
        args: LegalStorageArgs,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Declare the storage of *args* under *name*."""
        super().__init__("waqiti:kubernetes:LegalStorage", name, {}, opts)
        storage = args.storage
        # Its end would be that of the claim in it.
        kept = pulumi.ResourceOptions(parent=self, retain_on_delete=args.retained)

        namespace = kubernetes.core.v1.Namespace(
            f"{name}-namespace", metadata={"name": storage.namespace, "labels": _restricted()},
            opts=kept,
        )  # fmt: skip
        inside = pulumi.ResourceOptions(parent=self, depends_on=[namespace])
        storage_class = kubernetes.storage.v1.StorageClass(
            f"{name}-class",
            metadata={"name": storage.claim.storage_class},
            provisioner=storage.claim.provisioner,
            parameters=dict(storage.claim.parameters),
            reclaim_policy="Retain",
            allow_volume_expansion=True,
            volume_binding_mode="Immediate",
            opts=kept,
        )
        claim = kubernetes.core.v1.PersistentVolumeClaim(
            name,
            metadata=_named(storage, NAME),
            spec={
                "accessModes": [storage.claim.access_mode],
                "storageClassName": storage.claim.storage_class,
                "resources": {"requests": {"storage": storage.claim.size}},
            },
            opts=pulumi.ResourceOptions(
                parent=self,
                depends_on=[namespace, storage_class],
                retain_on_delete=args.retained,
            ),
        )
        kubernetes.core.v1.ServiceAccount(
            f"{name}-account",
            metadata=_named(storage, NAME),
            automount_service_account_token=False,
            opts=inside,
        )
        kubernetes.core.v1.ConfigMap(
            f"{name}-settings",
            metadata=_named(storage, NAME),
            data={"configuration.json": json.dumps(pod_configuration(storage), indent=2)},
            opts=inside,
        )
        for user in _USERS:
            kubernetes.apiextensions.CustomResource(
                f"{name}-{user}-keys",
                api_version=KIND[0],
                kind=KIND[1],
                metadata=kubernetes.meta.v1.ObjectMetaArgs(
                    name=f"{NAME}-{user}", namespace=storage.namespace
                ),
                spec=_external_secret(user, storage, args.secret_store),
                opts=inside,
            )
        kubernetes.networking.v1.NetworkPolicy(
            f"{name}-traffic",
            metadata=_named(storage, NAME),
            spec=_traffic(storage),
            opts=inside,
        )
        for word, task in sorted(TASKS.items()):
            kubernetes.batch.v1.CronJob(
                f"{name}-{word}",
                metadata=_named(storage, f"{NAME}-{word}"),
                spec=cron_job(task, storage),
                opts=pulumi.ResourceOptions(parent=self, depends_on=[claim]),
            )

        self.claim_name = claim.metadata.apply(lambda metadata: metadata.name or NAME)
        self.register_outputs({"claim_name": self.claim_name})


def kept_secrets(storage: LegalStorageSettings) -> dict[str, Sequence[str]]:
    """Give the keys that people put into Vault, by path."""
    return {_secret(user): _secret_keys(storage) for user in _USERS}


def _secret(user: str) -> str:
    return f"{NAME}/{user}"


def _named(storage: LegalStorageSettings, name: str) -> dict[str, Any]:
    return {"name": name, "namespace": storage.namespace, "labels": LABELS}


def _restricted() -> dict[str, str]:
    return LABELS | {"pod-security.kubernetes.io/enforce": "restricted"}


def _secret_keys(storage: LegalStorageSettings) -> Sequence[str]:
    match storage.backup:
        case S3Backup():
            return (*_SEALING, "access-key-id", "secret-access-key")
        case AzureBlobBackup():
            return (*_SEALING, "sas-token")


def _external_secret(user: str, storage: LegalStorageSettings, store: str) -> dict[str, Any]:
    return {
        "refreshInterval": "5m",
        "secretStoreRef": {"kind": "ClusterSecretStore", "name": store},
        "target": {"name": f"{NAME}-{user}", "creationPolicy": "Owner"},
        "data": [
            {"secretKey": key, "remoteRef": {"key": _secret(user), "property": key}}
            for key in _secret_keys(storage)
        ],
    }


def _traffic(storage: LegalStorageSettings) -> dict[str, Any]:
    """Nobody reaches the pods; they reach names and the store."""
    port = urlsplit(storage.backup.endpoint).port or _HTTPS
    return {
        "podSelector": {"matchLabels": LABELS},
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
                "to": [{"ipBlock": {"cidr": cidr}} for cidr in storage.backup.addresses],
                "ports": [{"port": port, "protocol": "TCP"}],
            },
        ],
    }
