"""What changed on the volume since the last backup: new, lost, renamed and replaced documents."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from legal_storage.manifest import Version
from legal_storage.objects import At
from legal_storage.reading import Document, Scan


@dataclass(frozen=True, kw_only=True)
class Changes:
    """
    The versions after a scan.

    Args:
        versions: Every version that the store has, with what became of it.
        missing: The documents whose content is not in the store.
    """

    versions: Sequence[Version]
    missing: Sequence[Document]


def compare(previous: Sequence[Version], scan: Scan, damaged: Collection[At], at: str) -> Changes:
    """
    Compare the versions of the last backup with the volume.

    Args:
        previous: The versions of the last backup.
        scan: What is on the volume.
        damaged: The objects that an integrity check found damaged: they are copied again.
        at: The time of this run, as ISO 8601.
    """
    stored = {v.sha256: v for v in previous if v.at not in damaged}
    known = {(v.path, v.sha256): v for v in previous}
    present = {document.path: document for document in scan.documents}
    versions, missing = [], []
    for document in scan.documents:
        version = known.pop((document.path, document.sha256), None)
        if version is None or version.at in damaged:
            version = stored.get(document.sha256)
        if version is None:
            missing.append(document)
        elif version[:4] == document and not version.gone:
            versions.append(version)
        else:
            versions.append(of_document(document, version.at, version.locked_until))
    moved = _moved(known.values(), present, {v.path for v in previous if not v.gone})
    unread = {unread.path for unread in scan.unread}
    former = [
        _former(v, present, moved, at) if not _is_below(v.path, unread) else v
        for v in known.values()
    ]
    return Changes(versions=[*versions, *former], missing=missing)


def of_document(document: Document, at: At, locked_until: str) -> Version:
    """Return the version of a document that is on the volume."""
    return Version(*document, *at, locked_until)


def _former(
    version: Version, present: Mapping[str, Document], moved: Collection[str], at: str
) -> Version:
    """Return what became of a version that is not on the volume."""
    if version.gone in {"renamed", "replaced"}:
        return version
    if version.path in present:
        gone = "replaced"
    elif version.path in moved:
        gone = "renamed"
    else:
        gone = "lost"
    return version if version.gone == gone else version._replace(gone=gone, gone_at=at)


def _moved(
    former: Collection[Version], present: Mapping[str, Document], before: Collection[str]
) -> set[str]:
    """Match each missing document with one new name of the same content; an empty one has none."""
    new = Counter(d.sha256 for path, d in present.items() if path not in before and d.size)
    moved = set()
    for version in sorted(former):
        if version.gone in {"", "lost"} and version.path not in present and new[version.sha256]:
            new[version.sha256] -= 1
            moved.add(version.path)
    return moved


def _is_below(path: str, folders: Collection[str]) -> bool:
    return bool(folders) and any(folder in folders for folder in _ancestors(path))


def _ancestors(path: str) -> Iterator[str]:
    yield path
    while path:
        path = path.rpartition("/")[0]
        yield path
