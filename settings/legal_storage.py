"""The models of the legal documents' storage; what must hold in prod is a validator."""

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, ValidationInfo

from catalog.topics import at_least_one
from retention import LEGAL_YEARS
from settings.alerting import KubernetesName
from settings.sections import Section, in_prod

Image = Annotated[str, Field(pattern=r"^[^@\s]+@sha256:[0-9a-f]{64}$")]
Cidr = Annotated[str, Field(pattern=r"^[0-9a-f.:]+/[0-9]{1,3}$")]


def _prod_keeps_seven_years(value: int, info: ValidationInfo) -> int:
    if in_prod(info) and value < LEGAL_YEARS:
        raise ValueError(f"prod locks legal documents for at least {LEGAL_YEARS} calendar years")
    return value


class Owner(Section):
    """Whom the documents belong to: the numbers of the source's `waqiti:waqiti`."""

    uid: int = Field(ge=1000)
    gid: int = Field(ge=1000)


class ClaimSettings(Section):
    """
    The volume.

    Args:
        storage_class: The name of its class, which is made with it and keeps released volumes.
        provisioner: Who makes volumes of the class.
        parameters: What the provisioner is told, as its own pages say: encryption is one of these.
        size: It only ever grows.
    """

    storage_class: KubernetesName
    provisioner: str = Field(min_length=1)
    parameters: Mapping[str, str]
    size: str = Field(pattern=r"^[1-9][0-9]*[GT]i$")
    access_mode: Literal["ReadWriteOnce", "ReadWriteMany"]


class S3Backup(Section):
    """
    A bucket that was made with object lock.

    Args:
        provider: What rclone calls whoever runs it.
        addresses: Where its endpoint may be, for the network policy.
    """

    kind: Literal["s3"]
    provider: str = Field(min_length=1)
    endpoint: str = Field(pattern=r"^https://[^/]+$")
    region: str = Field(min_length=1)
    bucket: str = Field(pattern=r"^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$")
    addresses: Annotated[tuple[Cidr, ...], AfterValidator(at_least_one)]


class AzureBlobBackup(Section):
    """
    A container with version-level immutability, whose own policy is to lock for the full term.

    Args:
        addresses: Where its endpoint may be, for the network policy.
    """

    kind: Literal["azure_blob"]
    endpoint: str = Field(pattern=r"^https://[^/]+(/[a-z0-9]+)?$")
    container: str = Field(pattern=r"^[a-z0-9]([a-z0-9-]{1,61}[a-z0-9])$")
    addresses: Annotated[tuple[Cidr, ...], AfterValidator(at_least_one)]


class LegalStorageSettings(Section):
    """
    Where the legal documents are, and where their copies go.

    There is no switch for encryption: copies leave the pods encrypted or not at all.

    Args:
        image: What the pods run, by digest: Python, `legal_storage/`, and its lock file's packages.
        retention_years: How long a copy is locked after a backup last saw its document.
        scratch_size: What a proof restores into: a gigabyte, and the largest document.
    """

    namespace: KubernetesName
    owner: Owner
    claim: ClaimSettings
    image: Image
    retention_years: Annotated[int, Field(ge=1), AfterValidator(_prod_keeps_seven_years)]
    scratch_size: str = Field(pattern=r"^[1-9][0-9]*Gi$")
    backup: Annotated[S3Backup | AzureBlobBackup, Field(discriminator="kind")]
