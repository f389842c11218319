"""
The manifest of a backup: a signed entry that names a list of every version of every document.

The list is an object of its own. While nothing changes on the volume, all manifests name the same.
"""

import json
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from legal_storage.journal import Entry
from legal_storage.objects import At

FOLDER = "manifests"
LISTS = "lists"

_FASTEST = 1  # hashes do not compress


class Version(NamedTuple):
    """
    One version of one document.

    Args:
        path: The document, relative to the folder of the documents.
        modified_ns: Nanoseconds since 1970.
        object: The name of its object; documents with the same content share it.
        object_version: The id of the object's version; empty if the store has none.
        locked_until: The day on which the lock ends, as ISO 8601; empty if a policy locks.
        gone: Empty while it is on the volume; else `lost`, `renamed` or `replaced`.
        gone_at: When a backup first missed it, by the store's clock, as ISO 8601.
    """

    path: str
    sha256: str
    size: int
    modified_ns: int
    object: str
    object_version: str
    locked_until: str
    gone: str = ""
    gone_at: str = ""

    @property
    def at(self) -> At:
        """The name of the object, and the id of its version."""
        return self.object, self.object_version

    @property
    def is_placeable(self) -> bool:
        """Whether the path stays below the folder of the documents."""
        return all(part not in {"", ".", ".."} and "\0" not in part for part in self.parts)

    @property
    def parts(self) -> Sequence[str]:
        """The components of the path."""
        return self.path.split("/")

    @property
    def title(self) -> str:
        """The document and the start of its hash, for messages."""
        return f"{self.path} ({self.sha256[:12]})"


@dataclass(frozen=True, kw_only=True)
class Manifest:
    """
    What one backup found and stored.

    Args:
        entry: What was signed.
        versions: The versions by path and hash.
    """

    entry: Entry
    versions: Sequence[Version]

    def newest_of_each(self) -> dict[str, Version]:
        """Return, by path, what is on the volume, or what was there last; no renamed one."""
        newest: dict[str, Version] = {}
        for version in self.versions:
            known = newest.get(version.path)
            if known is None or _age(known) < _age(version):
                newest[version.path] = version
        return {path: v for path, v in newest.items() if v.gone != "renamed"}

    def live(self) -> dict[str, Version]:
        """Return, by path, the versions that were on the volume."""
        return {version.path: version for version in self.versions if not version.gone}


def packed(versions: Iterable[Version]) -> bytes:
    """Return the list of versions as bytes: a JSON array for each field, compressed."""
    columns = list(zip(*versions, strict=True)) or [()] * len(Version._fields)
    text = json.dumps(dict(zip(Version._fields, columns, strict=True)), separators=(",", ":"))
    return zlib.compress(text.encode(), _FASTEST)


def unpacked(content: bytes) -> list[Version]:
    """
    Return the versions of a list.

    Raises:
        ValueError, TypeError, zlib.error: It is no list of versions.
    """
    columns: dict[str, list[Any]] = json.loads(zlib.decompress(content))
    return [Version._make(row) for row in zip(*columns.values(), strict=True)]


def _age(version: Version) -> tuple[bool, str]:
    return not version.gone, version.gone_at
