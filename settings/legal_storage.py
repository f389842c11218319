"""The section `legal_storage`: volume and backup of the legal documents."""

from collections.abc import Mapping
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, ValidationInfo, model_validator

from catalog.retention import LEGAL_YEARS
from settings.pods import Image, Networks
from settings.sections import (
    NamespaceName,
    ObjectName,
    Section,
    in_prod,
    is_tls,
    is_url,
    is_url_with_path,
)
from systems import efs, kubernetes, object_storage

_MOST_YEARS = 100  # the longest lock of an S3 object

Size = Annotated[str, AfterValidator(kubernetes.check_size)]


def _prod_locks_for_seven_years(value: int, info: ValidationInfo) -> int:
    if in_prod(info) and value < LEGAL_YEARS:
        raise ValueError(
            f"prod must lock legal documents for at least {LEGAL_YEARS} calendar years: raise it"
        )
    return value


class Owner(Section):
    """The owner of the documents: the numeric ids of `waqiti:waqiti` in the source."""

    uid: int = Field(ge=1000, le=kubernetes.LARGEST_ID)
    gid: int = Field(ge=1000, le=kubernetes.LARGEST_ID)


class ClaimSettings(Section):
    """
    The PersistentVolumeClaim and its StorageClass.

    Args:
        storage_class: The name of the StorageClass, which is created with reclaim policy Retain.
        provisioner: The provisioner of the StorageClass.
        parameters: The parameters of the provisioner; encryption at rest is one of them.
        size: A quantity such as 10Gi, in the form in which Kubernetes stores it; it can only grow.
    """

    storage_class: ObjectName
    provisioner: Annotated[str, AfterValidator(kubernetes.check_driver)]
    parameters: Mapping[str, str]
    size: Size
    access_mode: Literal["ReadWriteOnce", "ReadWriteMany"]


class S3Backup(Section):
    """
    A bucket with object lock.

    Args:
        addresses: The CIDR blocks of its endpoint, for the NetworkPolicy.
    """

    kind: Literal["s3"]
    endpoint: Annotated[str, AfterValidator(is_url), AfterValidator(is_tls)]
    region: str = Field(pattern=r"^[a-z0-9-]{1,63}$")
    bucket: Annotated[str, AfterValidator(object_storage.check_bucket)]
    addresses: Networks


class AzureBlobBackup(Section):
    """
    A container with version-level immutability and a policy that locks for the full term.

    Args:
        addresses: The CIDR blocks of its endpoint, for the NetworkPolicy.
    """

    kind: Literal["azure_blob"]
    endpoint: Annotated[str, AfterValidator(is_url_with_path), AfterValidator(is_tls)]
    container: Annotated[str, AfterValidator(object_storage.check_container)]
    addresses: Networks


class Officer(Section):
    """
    Where legal holds are placed and released, apart from the pods that back up.

    Args:
        namespace: A namespace of its own, which exists if the one of the documents does.
        secret_store: The ClusterSecretStore of the officer's role in Vault: it serves only this
            namespace.
    """

    namespace: NamespaceName
    secret_store: ObjectName


class LegalStorageSettings(Section):
    """
    The storage of the legal documents and their backup.

    Backups are always encrypted; there is no setting for it.

    Args:
        existing_namespace: Whether an administrator creates the namespaces; else Pulumi does.
        image: The image of the pods, by digest: Python, `legal_storage/` and its locked packages.
        retention_years: Years that a copy stays locked after the last backup with its document.
        largest_loss_percent: A larger loss stays a problem until a person acknowledges it.
        scratch_size: The scratch volume: eight times the largest document, encrypted.
    """

    namespace: NamespaceName
    existing_namespace: bool = False
    officer: Officer
    owner: Owner
    claim: ClaimSettings
    image: Image
    retention_years: Annotated[
        int, Field(ge=1, le=_MOST_YEARS), AfterValidator(_prod_locks_for_seven_years)
    ]
    largest_loss_percent: int = Field(default=1, ge=0, le=100)
    scratch_size: Size
    backup: Annotated[S3Backup | AzureBlobBackup, Field(discriminator="kind")]

    @model_validator(mode="after")
    def _has_a_volume_of_its_owner(self) -> Self:
        if self.claim.provisioner == efs.DRIVER:
            parameters, owner = self.claim.parameters, self.owner
            faults = efs.parameter_faults(parameters, owner.uid, owner.gid)
            if faults:
                reasons = "; ".join(f"claim.parameters.{key}: {reason}" for key, reason in faults)
                raise ValueError(reasons)
        return self
