"""Copying from the volume into the store, and the verification of each copy."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

from legal_storage.documents import Document, scan
from legal_storage.manifest import Manifest, Version
from legal_storage.store import Listing, Store

_NOT_VERIFIED = "its copy did not come back whole"
_TRIES = 3  # a document that changes while it is copied is copied again


@dataclass(frozen=True, kw_only=True)
class Copied:
    """
    The result of a copy.

    Args:
        versions: The version of each document whose copy was verified.
        uploaded: The number of versions that this run copied.
        problems: The documents that were not copied, and the copies that were deleted or replaced.
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
    """Copy the *documents* that the store lacks, and lock them until *until*."""
    known = {version.name: version for version in (previous.versions if previous else ())}
    before = store.listing()
    verified = {d.name: d for d in documents if _is_untouched(before, known.get(d.name), d)}
    unverified = [d for d in documents if d.name not in verified]
    problems = _changed_copies(before, known, unverified)
    # An interrupted run may have copied some of them: those only need to be verified.
    present = [d for d in unverified if d.name in before.objects]
    verified |= _read_back(store, present)
    missing = [d for d in unverified if d.name not in verified]
    uploaded = 0
    for _ in range(_TRIES):
        if not missing:
            break
        _upload(store, [d for d in missing if d.path not in held], until, held=False)
        _upload(store, [d for d in missing if d.path in held], until, held=True)
        verified_now = _read_back(store, missing)
        verified |= verified_now
        uploaded += len(verified_now)
        failed = {d.name: d for d in missing if d.name not in verified_now}
        now, unread = scan(store.configuration.documents, [d.path for d in failed.values()])
        problems += unread
        missing = [d for d in now if d.name not in failed]
        problems += [f"{d.path}: {_NOT_VERIFIED}" for d in now if d.name in failed]
    problems += [f"{d.path}: it changes faster than it is copied" for d in missing]
    after = store.listing() if unverified else before
    versions = [_version(document, after, known) for document in verified.values()]
    return Copied(versions=versions, uploaded=uploaded, problems=problems)


def _is_untouched(listing: Listing, version: Version | None, document: Document) -> bool:
    stored = listing.objects.get(document.name)
    return (
        version is not None
        and stored is not None
        and stored.size == document.size
        and listing.versions.get(stored.key, "") == version.object_version
    )


def _changed_copies(
    listing: Listing, known: Mapping[str, Version], unverified: Iterable[Document]
) -> list[str]:
    """Report the copies that were verified once and have been deleted or replaced since."""
    changes = []
    for document in unverified:
        if document.name in known:
            change = "overwritten" if document.name in listing.objects else "deleted"
            changes.append(f"{document.path}: somebody has {change} its copy: it was copied anew")
    if listing.deleted:
        changes.append(
            f"{listing.deleted} objects of the store were deleted; their locked versions are "
            "there: runbooks/legal-restore.md says how to lay them open"
        )
    return changes


def _read_back(store: Store, documents: Sequence[Document]) -> dict[str, Document]:
    reported = store.rclone.hashes(document.name for document in documents)
    return {d.name: d for d in documents if reported.get(d.name) == d.sha256}


def _upload(store: Store, documents: Sequence[Document], until: date, *, held: bool) -> None:
    """Copy through symbolic links that have the names of the objects."""
    if not documents:
        return
    root = store.configuration.documents.absolute()
    with TemporaryDirectory(dir=store.scratch) as links:
        for document in documents:
            link = Path(links) / document.name
            link.parent.mkdir(parents=True, exist_ok=True)
            link.symlink_to(root / document.path)
        # Some uploads failed. The verification reports each missing copy by its document.
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
