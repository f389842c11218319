"""Restoring documents from the store to the volume, as of a chosen day."""

import os
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from shutil import rmtree

from legal_storage import manifest
from legal_storage.documents import RESTORING, sha256_of
from legal_storage.manifest import Version
from legal_storage.outcome import Outcome, WrongUseError
from legal_storage.store import Store, batches

_BATCH_BYTES = 1024**3
_FILE_MODE = 0o640


def restore(
    store: Store, as_of: date | None, documents: Sequence[str], *, overwrite: bool
) -> Outcome:
    """
    Restore documents from the newest backup, or from that of *as_of*.

    Args:
        store: The store that has the copies.
        as_of: A day; the newest backup up to that day is used.
        documents: The paths to restore; an empty list means all.
        overwrite: Replace documents that differ; without it they stay and are reported.
    """
    chosen = manifest.newest(store.rclone, store.scratch, as_of)
    if chosen is None:
        raise WrongUseError(f"no backup of {as_of or 'any day'} or before is in the store")
    live = chosen.live()
    if unknown := sorted(set(documents) - set(live)):
        raise WrongUseError(f"the backup {chosen.name} has no {', '.join(unknown)}")
    root = store.configuration.documents
    wanted = [live[path] for path in sorted(documents or live)]
    missing = [v for v in wanted if not (root / v.path).exists()]
    changed = [v for v in wanted if v not in missing and sha256_of(root / v.path) != v.sha256]
    problems = (
        []
        if overwrite
        else [f"{v.path}: differs on the volume: --overwrite replaces it" for v in changed]
    )
    restored: list[str] = []
    for batch in batches([*missing, *(changed if overwrite else [])], _BATCH_BYTES):
        problems += _restore(store, batch, restored)
    return Outcome(facts={"manifest": chosen.name, "restored": restored}, problems=problems)


def _restore(store: Store, batch: Sequence[Version], restored: list[str]) -> list[str]:
    """Restore into a folder beside the documents, then move each one into place atomically."""
    root = store.configuration.documents
    folder = root / RESTORING
    try:
        folder.mkdir(exist_ok=True)
        whole, recovered = store.fetch(batch, folder)
        for version in (*whole, *recovered):
            _place(folder / version.name, root / version.path, version)
            restored.append(version.path)
        names = {version.name for version in (*whole, *recovered)}
        return [f"{v.path}: no whole copy came back" for v in batch if v.name not in names]
    finally:
        rmtree(folder, ignore_errors=True)


def _place(copy: Path, document: Path, version: Version) -> None:
    document.parent.mkdir(parents=True, exist_ok=True)
    copy.chmod(_FILE_MODE)
    os.utime(copy, ns=(version.modified_ns, version.modified_ns))
    copy.replace(document)
