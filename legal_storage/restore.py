"""Restoring documents from the store to the volume."""

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from functools import partial

from legal_storage import state
from legal_storage.manifest import Manifest, Version
from legal_storage.objects import At
from legal_storage.outcome import Outcome, StoreError, UnreadableError, WrongUseError
from legal_storage.placing import Draft, drafts
from legal_storage.reading import open_document, open_folder, read_document
from legal_storage.reporting import write_report
from legal_storage.store import Store

_AT_ONCE = 8
_IN_THE_WAY = "a folder or a device is in its place"


@dataclass(frozen=True, kw_only=True)
class Wish:
    """
    What a person wants back.

    Args:
        as_of: The newest backup up to this day; by default the newest version of each document.
        documents: The paths to restore; none means all.
        sha256: A version of one document, by its hash.
        overwrite: Replace documents that differ; without it they stay and are reported.
    """

    as_of: date | None = None
    documents: Sequence[str] = ()
    sha256: str | None = None
    overwrite: bool = False


def restore(store: Store, wish: Wish) -> Outcome:
    """
    Restore what is not on the volume, whatever backups have run since it was there.

    One problem never ends a restore: everything else is restored.
    """
    known = state.read(store)
    chosen, problems = _chosen(store, known, wish)
    wanted = _wanted(chosen, wish)
    root = store.configuration.documents
    was_empty = _is_empty(store)
    with drafts(root) as folder, ThreadPoolExecutor(_AT_ONCE) as pool:
        one = partial(_restored, store, folder, overwrite=wish.overwrite)
        results = dict(zip(wanted, pool.map(_guarded(one), wanted), strict=True))
    restored = [version.path for version, result in results.items() if result is None]
    problems += [f"{v.path}: {why}" for v, why in results.items() if why]
    if not restored and was_empty:
        problems.append("nothing was restored, and the volume has no document")
    facts = {"manifest": chosen.entry.name, "restored": restored}
    outcome = Outcome(facts=facts, problems=[*known.problems, *problems])
    return write_report(store, "restore", outcome, known)


def _chosen(store: Store, known: state.State, wish: Wish) -> tuple[Manifest, list[str]]:
    chosen, problems = known.newest, list[str]()
    if wish.as_of is not None:
        chosen, problems = store.newest_manifest(wish.as_of)
    if chosen is None:
        day = wish.as_of or "any day"
        raise WrongUseError(f"no backup of {day} or before is in the store")
    return chosen, [problem for problem in problems if problem not in known.problems]


def _wanted(chosen: Manifest, wish: Wish) -> list[Version]:
    """Return the versions to restore; a path that leaves the volume is one of them."""
    if wish.sha256:
        versions = {v.path: v for v in chosen.versions if v.sha256 == wish.sha256}
    else:
        versions = chosen.live() if wish.as_of else chosen.newest_of_each()
    every = versions if wish.sha256 or wish.as_of else {v.path: v for v in chosen.versions}
    if unknown := sorted(set(wish.documents) - set(every)):
        raise WrongUseError(f"the backup {chosen.entry.name} has no {', '.join(unknown)}")
    return [versions.get(path) or every[path] for path in sorted(wish.documents or versions)]


def _restored(store: Store, folder: int, version: Version, *, overwrite: bool) -> str | None:
    """Restore one version; return None, nothing to do (""), or why it was not restored."""
    if not version.is_placeable:
        return "no document can have this path: it is not restored"
    root = store.configuration.documents
    present = _hash_of(store, version.path)
    if present == version.sha256:
        return ""
    if present is not None and not overwrite:
        return "differs on the volume: --overwrite replaces it"
    for at in _candidates(store, version):  # usually the first one is whole
        draft = Draft(root, folder)
        try:
            if store.contents.fetch(at, draft.file).sha256 == version.sha256:
                draft.place(version, overwrite=overwrite)
                return None
        except UnreadableError:
            continue
        finally:
            draft.remove()
    return "no whole copy came back"


def _candidates(store: Store, version: Version) -> Iterator[At]:
    """Yield the version that the manifest names, and then the others of its object."""
    yield version.at
    yield from (at for at in store.contents.versions(version.object) if at != version.at)


def _hash_of(store: Store, path: str) -> str | None:
    """Return the hash of a document on the volume; None if there is nothing."""
    try:
        with open_document(store.configuration.documents, path) as descriptor:
            return read_document(descriptor)[0]
    except FileNotFoundError:
        return None


def _guarded(one: Callable[[Version], str | None]) -> Callable[[Version], str | None]:
    def run(version: Version) -> str | None:
        try:
            return one(version)
        except OSError as error:
            return f"cannot be restored: {error.strerror if error.errno else _IN_THE_WAY}"
        except StoreError as error:
            return f"cannot be restored: {error}"

    return run


def _is_empty(store: Store) -> bool:
    """Report whether the volume has no document, not even one that cannot be read."""
    folders = [""]
    while folders:
        folder = folders.pop()
        try:
            with (
                open_folder(store.configuration.documents, folder) as descriptor,
                os.scandir(descriptor) as entries,
            ):
                for entry in entries:
                    if not entry.is_dir(follow_symlinks=False):
                        return False
                    folders.append(f"{folder}/{entry.name}" if folder else entry.name)
        except OSError:
            return False
    return True
