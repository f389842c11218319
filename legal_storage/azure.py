"""An Azure Blob container. Its immutability policy locks; nothing here can ask for it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from email.utils import parsedate_to_datetime
from typing import Any, BinaryIO

from azure.core.exceptions import AzureError, ResourceNotFoundError
from azure.core.pipeline import PipelineResponse
from azure.storage.blob import ContainerClient

from legal_storage.configuration import AzureBlobStore, Configuration
from legal_storage.objects import Found, Opened
from legal_storage.outcome import StoreError, UnreadableError


@dataclass(frozen=True)
class AzureObjects:
    """The calls of one container."""

    client: ContainerClient
    address: str

    @classmethod
    def of(cls, configuration: Configuration, store: AzureBlobStore) -> "AzureObjects":
        """Connect to the container of *store*."""
        client = ContainerClient(
            store.endpoint,
            store.container,
            credential=configuration.secret("sas-token"),
            connection_verify=str(store.ca_file) if store.ca_file else True,
            connection_timeout=10,  # seconds
            read_timeout=60,
            retry_total=2,
            initial_backoff=1,
            increment_base=2,
        )
        return cls(client, f"container {store.container} at {store.endpoint}")

    @property
    def locks(self) -> None:
        """None: the policy of the container locks."""

    def require(self) -> None:
        """Ask nothing: the policy of the container cannot be read with this token."""

    def now(self) -> datetime:
        """Return the time by the store's own clock, which every answer carries."""
        dates: list[str] = []

        def keep(answer: PipelineResponse[Any, Any]) -> None:
            dates.append(answer.http_response.headers["Date"])

        with _asked_for("for its time"):
            next(
                iter(self.client.list_blob_names(name_starts_with="clock", raw_response_hook=keep)),
                None,
            )
        return parsedate_to_datetime(dates[0]).astimezone(UTC)

    def list(self, prefix: str) -> Iterator[Found]:
        """List every object whose name starts with *prefix*."""
        with _asked_for("for the names of objects"):
            for blob in self.client.list_blobs(name_starts_with=prefix):
                yield Found(
                    name=str(blob.name),
                    version="",
                    latest=True,
                    deleted=False,
                    written=blob.last_modified,
                )

    def put(self, name: str, content: BinaryIO, until: date, *, held: bool) -> str:  # noqa: ARG002 - the policy locks
        """Write an object, also over one that is damaged; the policy of the container locks it."""
        with _asked_for("to write an object"):
            self.client.upload_blob(name, content, overwrite=True)
        return ""

    @contextmanager
    def open(self, name: str, version: str) -> Iterator[Opened]:  # noqa: ARG002 - it has none
        """
        Open an object.

        Raises:
            UnreadableError: The container has no such object.
        """
        with _asked_for("for an object"):
            try:
                answer = self.client.download_blob(name)
            except ResourceNotFoundError:
                raise UnreadableError("the store has no such object") from None
            yield Opened(answer, None)


@contextmanager
def _asked_for(what: str) -> Iterator[None]:
    try:
        yield
    except AzureError as error:
        message = " ".join(str(error).partition("\n")[0].split())
        raise StoreError(f"the store was asked {what}: {message}") from None
