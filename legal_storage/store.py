"""An open store: its objects, the keys of the pod, and the series of signed entries."""

import hashlib
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

from legal_storage import manifest, reports
from legal_storage.configuration import Configuration, S3Store
from legal_storage.contents import Contents
from legal_storage.journal import SKEW, Entry, Journal
from legal_storage.manifest import Manifest
from legal_storage.objects import Objects
from legal_storage.outcome import StoreError, UnreadableError
from legal_storage.retention import years_after
from legal_storage.sealing import Keys

REGISTER = "register"

# Each lock exceeds the retention by this much, so that it is renewed once a month, not every day.
RENEWAL = timedelta(days=31)


@dataclass(frozen=True)
class Store:
    """
    An open store.

    Args:
        now: The time by the clock of the store when it was opened.
        scratch: A temporary folder of this run; only encrypted content is written there.
    """

    configuration: Configuration
    objects: Objects
    keys: Keys
    now: datetime
    scratch: Path

    @cached_property
    def manifests(self) -> Journal:
        """The manifests."""
        return Journal(self.objects, self.keys, manifest.FOLDER)

    @cached_property
    def register(self) -> Journal:
        """The register of decisions: holds, releases, acknowledgements."""
        return Journal(self.objects, self.keys, REGISTER)

    @cached_property
    def reports(self) -> Journal:
        """The reports."""
        return Journal(self.objects, self.keys, reports.FOLDER)

    @cached_property
    def contents(self) -> Contents:
        """The contents of documents."""
        return Contents(self.objects, self.keys, self.scratch)

    @property
    def today(self) -> date:
        """The day by the clock of the store, in UTC."""
        return self.now.date()

    @property
    def needed(self) -> date:
        """The day until which a copy must be locked that a backup sees today."""
        return years_after(self.today, self.configuration.retention_years)

    @property
    def until(self) -> date:
        """The day until which a new lock lasts."""
        return years_after(self.today + RENEWAL, self.configuration.retention_years)

    @property
    def clock_problems(self) -> list[str]:
        """A sentence if the clock of the pod differs from that of the store."""
        difference = datetime.now(UTC) - self.now
        if abs(difference) <= SKEW:
            return []
        seconds = round(abs(difference).total_seconds())
        word = "ahead of" if difference > timedelta() else "behind"
        problem = (
            f"the clock of the pod is {seconds} s {word} that of the store, which counts: "
            "correct the clock of the node"
        )
        return [problem]

    def newest_manifest(self, until: date | None = None) -> tuple[Manifest | None, list[str]]:
        """
        Read the newest manifest, or that up to the day *until*, and what is wrong above it.

        Raises:
            StoreError: Its list cannot be read.
        """
        entry, problems = self.manifests.newest(until)
        if entry is None:
            return None, problems
        return self.manifest_of(entry), problems

    def write_list(self, content: bytes) -> Mapping[str, str]:
        """Write a list of versions; return what a manifest says of it."""
        sha256 = hashlib.sha256(content).hexdigest()
        name = f"{manifest.LISTS}/{self.keys.name_of(sha256)}"
        sealed = BytesIO(self.keys.seal(content))
        version = self.objects.put(name, sealed, self.until, held=False)
        return {
            "sha256": sha256,
            "object": name,
            "object_version": version,
            "locked_until": self.until.isoformat(),
        }

    def manifest_of(self, entry: Entry) -> Manifest:
        """
        Read the list that a manifest names.

        Raises:
            StoreError: It cannot be read.
        """
        named = entry.body["list"]
        try:
            with self.objects.open(named["object"], named["object_version"]) as opened:
                content = self.keys.unseal(opened.stream.read())
            versions = manifest.unpacked(content)
        except (UnreadableError, ValueError, TypeError, zlib.error) as error:
            raise StoreError(f"the list of versions of {entry.name}: {error}") from None
        if hashlib.sha256(content).hexdigest() != named["sha256"]:
            raise StoreError(f"the list of versions of {entry.name} is another one")
        return Manifest(entry=entry, versions=versions)


@contextmanager
def opened(configuration: Configuration) -> Iterator[Store]:
    """
    Open the store; check that it answers and can lock.

    Raises:
        StoreError: The store does not answer.
        WrongUseError: The store cannot lock, or a secret is missing.
    """
    keys = Keys.of(configuration)
    objects = _objects(configuration)
    objects.require()
    with TemporaryDirectory(dir=configuration.scratch) as scratch:
        yield Store(configuration, objects, keys, objects.now(), Path(scratch))


def _objects(configuration: Configuration) -> Objects:
    # Each client takes half a second to import, which is as long as a nightly run may take.
    if isinstance(configuration.store, S3Store):
        from legal_storage.s3 import S3Objects  # noqa: PLC0415 - see above

        return S3Objects.of(configuration, configuration.store)
    from legal_storage.azure import AzureObjects  # noqa: PLC0415 - see above

    return AzureObjects.of(configuration, configuration.store)
