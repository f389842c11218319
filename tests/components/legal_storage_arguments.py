"""Arguments of a LegalStorage."""

from typing import Any, cast

from components import LegalStorageArgs

S3: dict[str, Any] = {
    "s3": {
        "endpoint": "https://s3.example:8443",
        "region": "eu-west-1",
        "bucket": "legal",
    }
}
AZURE: dict[str, Any] = {
    "azure_blob": {"endpoint": "https://account.blob.example", "container": "legal"}
}
IMAGE = "registry.example/legal-storage@sha256:" + "a" * 64


def arguments(store: dict[str, Any] = S3, **changes: Any) -> LegalStorageArgs:
    args: dict[str, Any] = {
        "namespace": "legal",
        "object_name": "legal-documents",
        "root": "/var/waqiti/legal",
        "owner": {"uid": 10001, "gid": 10002},
        "claim": {
            "storage_class": "kept",
            "provisioner": "csi.example",
            "parameters": {"encrypted": "true"},
            "size": "10Gi",
            "access_mode": "ReadWriteMany",
        },
        "image": IMAGE,
        "retention_years": 7,
        "scratch_size": "2Gi",
        "store_addresses": ["10.1.0.0/16"],
        "secret_store": "vault",
        "backup_secret": "legal-documents/backup",
        "officer": {
            "namespace": "legal-officer",
            "secret_store": "vault-officer",
            "secret": "legal-documents/officer",
        },
        "retained": True,
    }
    return cast("LegalStorageArgs", args | store | changes)
