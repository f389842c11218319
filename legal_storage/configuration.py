"""The configuration of a pod: a file of settings, and a folder with one file for each secret."""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from legal_storage.outcome import WrongUseError

KINDS = ("subpoena", "certification", "rfpa", "hold")


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Owner(_Strict):
    """The owner of the folders of the documents."""

    uid: int = Field(ge=1)
    gid: int = Field(ge=1)


class S3Store(_Strict):
    """
    A bucket with object lock.

    Args:
        ca_file: The certificate authorities to trust; by default those of the system.
    """

    kind: Literal["s3"]
    endpoint: str = Field(pattern=r"^https://[^/]+$")
    region: str
    bucket: str = Field(pattern=r"^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$")
    ca_file: Path | None = None


class AzureBlobStore(_Strict):
    """A container. Its immutability policy locks every blob."""

    kind: Literal["azure_blob"]
    endpoint: str = Field(pattern=r"^https://[^/]+(/[a-z0-9]+)?$")
    container: str = Field(pattern=r"^[a-z0-9]([a-z0-9-]{1,61}[a-z0-9])$")
    ca_file: Path | None = None


class Logs(_Strict):
    """The logs to rotate, the size at which to rotate them, and the number of old logs to keep."""

    folder: Path
    megabytes: int = Field(ge=1)
    files: int = Field(ge=1)


class Configuration(_Strict):
    """
    The configuration of every command.

    Args:
        documents: The folder of the documents.
        scratch: The folder where large documents are encrypted before they are sent.
        secrets: The folder with the files of the secrets.
        retention_years: How long a copy stays locked after a backup last found its document.
        largest_loss_percent: A larger loss stays a problem until a person acknowledges it.
        stack: The name of the stack, for reports.
        image: The image of the pods, for reports.
    """

    stack: str
    image: str
    documents: Path
    owner: Owner
    scratch: Path
    secrets: Path
    retention_years: int = Field(ge=1)
    largest_loss_percent: int = Field(ge=0, le=100)
    store: Annotated[S3Store | AzureBlobStore, Field(discriminator="kind")]
    logs: Logs

    def secret(self, name: str) -> str:
        """
        Read one secret.

        Raises:
            WrongUseError: The secret is missing or empty.
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
    Read and validate the settings.

    Raises:
        WrongUseError: The settings are invalid; the message names every problem.
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
