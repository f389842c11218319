"""Build the arguments of the components that keep records: legal documents and audit trail."""

from catalog.services import SERVICES_NAMESPACE
from components import (
    AuditReconciliationArgs,
    AzureBlobArgs,
    KafkaClientArgs,
    LegalStorageArgs,
    S3Args,
)
from settings import Settings
from settings.legal_storage import S3Backup
from settings.loading import AUDIT_READER, AUDIT_TOPIC

_LEGAL = "legal-documents"
# The service that encrypts keeps a ledger of its operations, at this path: docs/adr/0037.
_LEDGER = ("compliance-data-encryption-service", "/internal/operations")


def legal_storage(settings: Settings) -> LegalStorageArgs:
    """Return the storage and backup of the legal documents."""
    storage = settings.legal_storage
    args = LegalStorageArgs(
        namespace=storage.namespace,
        existing_namespace=storage.existing_namespace,
        object_name=_LEGAL,
        root="/var/waqiti/legal",
        owner={"uid": storage.owner.uid, "gid": storage.owner.gid},
        claim={
            "storage_class": storage.claim.storage_class,
            "provisioner": storage.claim.provisioner,
            "parameters": dict(storage.claim.parameters),
            "size": storage.claim.size,
            "access_mode": storage.claim.access_mode,
        },
        image=storage.image,
        retention_years=storage.retention_years,
        largest_loss_percent=storage.largest_loss_percent,
        scratch_size=storage.scratch_size,
        store_addresses=list(storage.backup.addresses),
        secret_store=settings.monitoring.secret_store,
        backup_secret=f"{_LEGAL}/backup",
        officer={
            "namespace": storage.officer.namespace,
            "secret_store": storage.officer.secret_store,
            "secret": f"{_LEGAL}/officer",
        },
        retained=settings.protect,
    )
    backup = storage.backup
    if isinstance(backup, S3Backup):
        args["s3"] = S3Args(
            endpoint=backup.endpoint,
            region=backup.region,
            bucket=backup.bucket,
        )
    else:
        args["azure_blob"] = AzureBlobArgs(endpoint=backup.endpoint, container=backup.container)
    return args


def audit_reconciliation(settings: Settings) -> AuditReconciliationArgs:
    """Return the job that verifies the audit topic against the ledger of the operations."""
    own, cluster = settings.audit_reconciliation, settings.kafka
    client = KafkaClientArgs(
        bootstrap_servers=list(cluster.bootstrap_servers),
        tls=cluster.tls_enabled,
        addresses=list(own.kafka_addresses),
    )
    if cluster.mechanism is not None:
        client["mechanism"] = cluster.mechanism
    if own.kafka_authorities is not None:
        client["authorities"] = own.kafka_authorities
    service, path = _LEDGER
    return AuditReconciliationArgs(
        namespace=own.namespace,
        existing_namespace=own.existing_namespace,
        object_name=AUDIT_READER,
        image=own.image,
        topic=AUDIT_TOPIC,
        group=AUDIT_READER,
        kafka=client,
        operations={
            "service": service,
            "namespace": SERVICES_NAMESPACE,
            "port": settings.services.port,
            "path": path,
        },
        secret_store=settings.monitoring.secret_store,
        secret="audit-reconciliation/kafka",  # noqa: S106 - a path in Vault
        monitoring_namespace=settings.monitoring.namespace,
        monitoring_labels={"release": settings.monitoring.release},
    )
