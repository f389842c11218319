"""From the volume into the store: only what it lacks, and only what came back whole counts."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

from legal_storage.documents import Document, scan
from legal_storage.manifest import Manifest, Version
from legal_storage.store import Listing, Store

_NOT_WHOLE = "its copy did not come back whole"
_TRIES = 3  # a document that changes while it is copied is copied again


@dataclass(frozen=True, kw_only=True)
class Copied:
    """
    What is in the store now.

    Args:
        versions: One for each document that is there whole.
        uploaded: How many of them this run copied.
        problems: What is not there, and what somebody did to what was.
    """

    versions: Sequence[Version]
    uploaded: int
    problems: Sequence[str]


def copy(
    store: Store,
    previous: Manifest | None,
    documents: Sequence[Document],
    held: Collection[str],
    until: date,
) -> Copied:
    """Copy each of *documents* that the store lacks, locked until *until*."""
    known = {version.name: version for version in (previous.versions if previous else ())}
    before = store.listing()
    proven = {d.name: d for d in documents if _is_untouched(before, known.get(d.name), d)}
    doubtful = [d for d in documents if d.name not in proven]
    problems = _deeds(before, known, doubtful)
    # What a run that was cut off has copied already need only be read.
    present = [d for d in doubtful if d.name in before.objects]
    proven |= _read_back(store, present)
    missing = [d for d in doubtful if d.name not in proven]
    uploaded = 0
    for _ in range(_TRIES):
        if not missing:
            break
        _upload(store, [d for d in missing if d.path not in held], until, held=False)
        _upload(store, [d for d in missing if d.path in held], until, held=True)
        came_back = _read_back(store, missing)
        proven |= came_back
        uploaded += len(came_back)
        failed = {d.name: d for d in missing if d.name not in came_back}
        now, unread = scan(store.configuration.documents, [d.path for d in failed.values()])
        problems += unread
        missing = [d for d in now if d.name not in failed]
        problems += [f"{d.path}: {_NOT_WHOLE}" for d in now if d.name in failed]
    problems += [f"{d.path}: it changes faster than it is copied" for d in missing]
    after = store.listing() if doubtful else before
    versions = [_version(document, after, known) for document in proven.values()]
    return Copied(versions=versions, uploaded=uploaded, problems=problems)


def _is_untouched(listing: Listing, version: Version | None, document: Document) -> bool:
    stored = listing.objects.get(document.name)
    return (
        version is not None
        and stored is not None
        and stored.size == document.size
        and listing.versions.get(stored.key, "") == version.object_version
    )


def _deeds(
    listing: Listing, known: Mapping[str, Version], doubtful: Iterable[Document]
) -> list[str]:
    """Tell what somebody did to copies that were good."""
    deeds = []
    for document in doubtful:
        if document.name in known:
            deed = "overwritten" if document.name in listing.objects else "deleted"
            deeds.append(f"{document.path}: somebody has {deed} its copy: it was copied anew")
    if listing.deleted:
        deeds.append(
            f"{listing.deleted} objects of the store were deleted; their locked versions are "
            "there: runbooks/legal-restore.md says how to lay them open"
        )
    return deeds


def _read_back(store: Store, documents: Sequence[Document]) -> dict[str, Document]:
    told = store.rclone.hashes(document.name for document in documents)
    return {d.name: d for d in documents if told.get(d.name) == d.sha256}


def _upload(store: Store, documents: Sequence[Document], until: date, *, held: bool) -> None:
    """Copy from links, whose names are what the objects are to be called."""
    if not documents:
        return
    root = store.configuration.documents.absolute()
    with TemporaryDirectory(dir=store.scratch) as links:
        for document in documents:
            link = Path(links) / document.name
            link.parent.mkdir(parents=True, exist_ok=True)
            link.symlink_to(root / document.path)
        # It failed for some? What did not come back is told, with the document's name.
        store.rclone.locking(until, held=held).send(Path(links))


def _version(document: Document, listing: Listing, known: Mapping[str, Version]) -> Version:
    key = listing.objects[document.name].key
    object_version = listing.versions.get(key, "")
    before = known.get(document.name)
    same = before is not None and before.object_version == object_version
    return Version(
        path=document.path,
        sha256=document.sha256,
        size=document.size,
        modified_ns=document.modified_ns,
        key=key,
        object_version=object_version,
        locked_until=before.locked_until if before is not None and same else "",
        last_seen="",
        live=True,
    )
