"""The manifest of a backup: every version in the store, and which ones were on the volume."""

import gzip
import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path

from legal_storage.documents import object_name
from legal_storage.outcome import StoreError
from legal_storage.rclone import SEALED, Rclone

FOLDER = "manifests"

_TIME = "%Y-%m-%dT%H-%M-%SZ"
_NAME_LETTERS = len("2026-11-25T02-00-00Z")
_SUFFIX = ".jsonl.gz"


@dataclass(frozen=True, kw_only=True)
class Version:
    """
    One version of one document.

    Args:
        path: The document, relative to the folder of the documents.
        modified_ns: Nanoseconds since 1970.
        key: The object's name in the bucket.
        object_version: The id of the object's version in the bucket; empty if the bucket has none.
        locked_until: The day on which the lock ends, as ISO 8601.
        last_seen: The day on which a backup last found it on the volume, as ISO 8601.
        live: Whether this backup found it on the volume.
    """

    path: str
    sha256: str
    size: int
    modified_ns: int
    key: str
    object_version: str
    locked_until: str
    last_seen: str
    live: bool

    @property
    def name(self) -> str:
        """The unencrypted name of the object."""
        return object_name(self.path, self.sha256)

    @property
    def of_bucket(self) -> tuple[str, str]:
        """The key of the object, and the id of its version."""
        return self.key, self.object_version

    def seen(self, day: date) -> "Version":
        """Return this version, last seen on *day* and live."""
        return replace(self, last_seen=day.isoformat(), live=True)

    def unseen(self) -> "Version":
        """Return this version, no longer live."""
        return replace(self, live=False)


@dataclass(frozen=True, kw_only=True)
class Manifest:
    """
    What one backup found and stored.

    Args:
        name: The time of the backup; manifests are sorted by it.
        versions: The versions by path and hash.
    """

    name: str
    versions: Sequence[Version]

    @property
    def time(self) -> datetime:
        """The time of the backup."""
        return datetime.strptime(self.name, _TIME).replace(tzinfo=UTC)

    def live(self) -> dict[str, Version]:
        """Return, by path, the versions that were on the volume."""
        return {version.path: version for version in self.versions if version.live}


def new(now: datetime, versions: Sequence[Version]) -> Manifest:
    """Return the manifest of a backup that ended at *now*."""
    ordered = sorted(versions, key=lambda version: (version.path, version.sha256))
    return Manifest(name=now.astimezone(UTC).strftime(_TIME), versions=ordered)


def write(manifest: Manifest, rclone: Rclone, scratch: Path) -> None:
    """
    Store a manifest, and verify it.

    Raises:
        StoreError: The stored manifest differs from the written one.
    """
    draft = scratch / f"{manifest.name}{_SUFFIX}"
    draft.write_bytes(_packed(manifest))
    try:
        rclone.run("copyto", str(draft), f"{SEALED}{FOLDER}/{draft.name}")
    finally:
        draft.unlink()
    if read(manifest.name, rclone, scratch) != manifest:
        raise StoreError(f"manifest {manifest.name} did not come back as it was written")


def names(rclone: Rclone) -> Sequence[str]:
    """List the manifests, oldest first, including deleted and overwritten ones."""
    listed = rclone.of_all_versions().names(FOLDER)
    return sorted({name[:_NAME_LETTERS] for name in listed})


def newest(rclone: Rclone, scratch: Path, until: date | None = None) -> Manifest | None:
    """Read the newest manifest, or the newest one up to *until*; return None without one."""
    fitting = [name for name in names(rclone) if until is None or name[:10] <= until.isoformat()]
    return read(fitting[-1], rclone, scratch) if fitting else None


def read(name: str, rclone: Rclone, scratch: Path) -> Manifest:
    """
    Read a manifest: the oldest of its object's versions that is intact.

    Raises:
        StoreError: No version is intact.
    """
    place = scratch / f"{name}.read"
    for candidate in _candidates(name, rclone):
        try:
            rclone.of_all_versions().run("copyto", f"{SEALED}{FOLDER}/{candidate}", str(place))
            return Manifest(name=name, versions=list(_unpacked(place.read_bytes())))
        except (StoreError, OSError, ValueError, TypeError, EOFError):
            continue
        finally:
            place.unlink(missing_ok=True)
    raise StoreError(f"manifest {name}: no version of it can be read")


def _candidates(name: str, rclone: Rclone) -> Sequence[str]:
    """List the versions of one manifest's object, oldest first."""
    listed = rclone.of_all_versions().names(FOLDER)
    own = [other for other in listed if other.startswith(name)]
    return sorted(own, key=lambda other: (other == f"{name}{_SUFFIX}", other))


def _packed(manifest: Manifest) -> bytes:
    lines = (json.dumps(asdict(version), ensure_ascii=False) for version in manifest.versions)
    return gzip.compress("\n".join(lines).encode(), mtime=0)


def _unpacked(packed: bytes) -> Iterator[Version]:
    for line in gzip.decompress(packed).decode().split("\n"):
        if line:
            yield Version(**json.loads(line))
