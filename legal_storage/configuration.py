"""What a pod is told: a file of settings, and a folder of secrets, one file each."""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from legal_storage.outcome import WrongUseError

KINDS = ("subpoena", "certification", "rfpa", "hold")


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Owner(_Strict):
    """Who owns the folders of the documents."""

    uid: int = Field(ge=1)
    gid: int = Field(ge=1)


class S3Store(_Strict):
    """
    A bucket with object lock.

    Args:
        provider: What rclone calls whoever runs it.
        ca_file: Whom to trust; left out, the system's authorities.
    """

    kind: Literal["s3"]
    provider: str
    endpoint: str = Field(pattern=r"^https://[^/]+$")
    region: str
    bucket: str = Field(pattern=r"^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$")
    ca_file: Path | None = None


class AzureBlobStore(_Strict):
    """A container, whose own policy of immutability locks what is written."""

    kind: Literal["azure_blob"]
    endpoint: str = Field(pattern=r"^https://[^/]+(/[a-z0-9]+)?$")
    container: str = Field(pattern=r"^[a-z0-9]([a-z0-9-]{1,61}[a-z0-9])$")
    ca_file: Path | None = None


class Logs(_Strict):
    """Which logs are rotated at which size, and how many old ones stay."""

    folder: Path
    megabytes: int = Field(ge=1)
    files: int = Field(ge=1)


class Configuration(_Strict):
    """
    Everything that a command needs to know.

    Args:
        documents: The folder of the documents.
        scratch: Where copies are restored for a comparison.
        secrets: The folder of the secrets' files.
        retention_years: How long a copy is locked after a backup last saw its document.
    """

    documents: Path
    owner: Owner
    scratch: Path
    secrets: Path
    retention_years: int = Field(ge=1)
    store: Annotated[S3Store | AzureBlobStore, Field(discriminator="kind")]
    logs: Logs

    def secret(self, name: str) -> str:
        """
        Read one secret.

        Raises:
            WrongUseError: It is missing or empty.
        """
        path = self.secrets / name
        try:
            value = path.read_text(encoding="utf-8").strip()
        except OSError as error:
            raise WrongUseError(f"{path}: this secret cannot be read: {error.strerror}") from None
        if not value:
            raise WrongUseError(f"{path}: this secret is empty: fill it in Vault")
        return value


def read_configuration(path: Path) -> Configuration:
    """
    Read and check the settings.

    Raises:
        WrongUseError: Something is wrong; every problem is named.
    """
    try:
        return Configuration.model_validate_json(path.read_bytes())
    except OSError as error:
        raise WrongUseError(f"{path}: cannot be read: {error.strerror}") from None
    except ValidationError as error:
        problems = [
            f"{path}: {'.'.join(map(str, problem['loc']))}: {problem['msg']}"
            for problem in error.errors(include_url=False, include_context=False)
        ]
        raise WrongUseError("\n".join(problems)) from None
