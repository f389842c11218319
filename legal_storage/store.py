"""The store: rclone for contents, and the S3 API for locks."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from legal_storage import manifest
from legal_storage.configuration import Configuration, S3Store
from legal_storage.documents import DOCUMENTS, sha256_of
from legal_storage.manifest import Version
from legal_storage.object_lock import ObjectLock
from legal_storage.outcome import StoreError, WrongUseError
from legal_storage.rclone import SEALED, Rclone, Stored

HOLDS = "holds"
_FOLDERS = {manifest.FOLDER, DOCUMENTS, HOLDS}


@dataclass(frozen=True, kw_only=True)
class Listing:
    """
    The current content of the store.

    Args:
        objects: The objects by unencrypted name.
        versions: The newest version of each object by key; empty if the store has no versions.
        deleted: The number of deleted objects; their locked versions still exist.
    """

    objects: Mapping[str, Stored]
    versions: Mapping[str, str]
    deleted: int


@dataclass(frozen=True, kw_only=True)
class Store:
    """
    An open store.

    Args:
        lock: The calls for object lock; None for Azure, where a policy of the container locks.
        scratch: A temporary folder of this run.
    """

    configuration: Configuration
    rclone: Rclone
    lock: ObjectLock | None
    scratch: Path

    def listing(self) -> Listing:
        """List the content of the store."""
        versions, deleted = self.lock.versions() if self.lock else ({}, set())
        return Listing(objects=self.rclone.list(), versions=versions, deleted=len(deleted))

    def newest_manifest(self) -> manifest.Manifest | None:
        """Read the newest manifest."""
        return manifest.newest(self.rclone, self.scratch)

    def fetch(
        self, versions: Sequence[Version], folder: Path
    ) -> tuple[list[Version], list[Version]]:
        """
        Restore versions into *folder*, each under the unencrypted name of its object.

        Returns:
            The versions that were current and intact, and those that were recovered because the
            current one was deleted or overwritten. A version in neither could not be restored.
        """
        self.rclone.fetch((version.name for version in versions), folder)
        whole, recovered = [], []
        for version in versions:
            place = folder / version.name
            if place.is_file() and sha256_of(place) == version.sha256:
                whole.append(version)
            elif self._recover(version, place):
                recovered.append(version)
        return whole, recovered

    def _recover(self, version: Version, place: Path) -> bool:
        place.unlink(missing_ok=True)
        if self.lock is None:
            return False
        all_versions = self.rclone.of_all_versions()
        folder, _, name = version.name.rpartition("/")
        for candidate in sorted(all_versions.names(folder)):
            if not candidate.startswith(f"{name}-v"):
                continue
            with suppress(StoreError):
                all_versions.run("copyto", f"{SEALED}{folder}/{candidate}", str(place))
            if place.is_file() and sha256_of(place) == version.sha256:
                return True
            place.unlink(missing_ok=True)
        return False


@contextmanager
def opened(configuration: Configuration) -> Iterator[Store]:
    """
    Open the store; check that it answers, has our encryption key, and can lock.

    Raises:
        StoreError: The store does not answer, or its content has another encryption key.
        WrongUseError: The store cannot lock, or holds unmanaged objects.
    """
    lock = None
    if isinstance(configuration.store, S3Store):
        lock = ObjectLock.of(configuration, configuration.store)
        lock.require()
    rclone = Rclone.of(configuration)
    if unmanaged := sorted(rclone.folders() - _FOLDERS):
        raise WrongUseError(
            f"the store holds what no backup wrote: {', '.join(unmanaged)}: move it away"
        )
    with TemporaryDirectory(dir=configuration.scratch) as scratch:
        yield Store(configuration=configuration, rclone=rclone, lock=lock, scratch=Path(scratch))


def batches(versions: Iterable[Version], most: int) -> Iterator[list[Version]]:
    """Split versions into batches of at most *most* bytes; a larger one gets its own batch."""
    batch: list[Version] = []
    total = 0
    for version in versions:
        if batch and total + version.size > most:
            yield batch
            batch, total = [], 0
        batch.append(version)
        total += version.size
    if batch:
        yield batch
