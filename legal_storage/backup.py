"""The daily backup: copy what the store lacks, verify and lock the copies, and write a manifest."""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress

from legal_storage import holds, losses, manifest, state
from legal_storage.changes import compare, of_document
from legal_storage.copying import Copied, copy
from legal_storage.folders import wrong_folders
from legal_storage.locking import keep_locked
from legal_storage.manifest import Manifest, Version
from legal_storage.objects import At
from legal_storage.outcome import Outcome, StoreError, UnreadableError
from legal_storage.reading import Scanning
from legal_storage.reporting import BACKUP, CHECK, write_report
from legal_storage.state import State
from legal_storage.store import Store


def back_up(store: Store, scanning: Scanning) -> Outcome:
    """
    Copy what is new, verify it, renew locks, and write the manifest and the report.

    A backup without problems means: every document on the volume is in the store, was verified
    when it was copied, and is locked for the full term.
    """
    before = state.read(store)
    if problems := wrong_folders(store.configuration):
        return write_report(store, BACKUP, Outcome(problems=problems), before)
    scan = scanning.result()
    at = max(store.now.isoformat(), before.newest.entry.body["at"] if before.newest else "")
    changes = compare(before.versions, scan, _damaged(store), at)
    holds.follow(store, before.held, before.versions, scan.documents)
    copied = copy(store, changes.missing, before.held)
    versions, unlocked = keep_locked(store, _all(before, changes.versions, copied))
    unheld = holds.enforce(store, [v for v in versions if v.path in before.held], held=True)
    newest = _write(store, before.newest, versions)
    after = State(newest=newest, known=before.known, held=before.held, problems=before.problems)
    outcome = Outcome(
        facts=_facts(after, copied),
        problems=[
            *before.problems,
            *map(str, [*scan.unread, *copied.unread]),
            *unlocked,
            *unheld,
            *_lost(store, after, at),
        ],
    )
    return write_report(store, BACKUP, outcome, after)


def _damaged(store: Store) -> set[At]:
    """Return the objects that the newest integrity check did not find whole."""
    for name in reversed(store.reports.versions):
        if f"-{CHECK}-" in name:
            with suppress(UnreadableError):  # the report of this run names it
                damaged = store.reports.read(name).body["facts"].get("damaged", [])
                return {(object_name, version) for object_name, version in damaged}
    return set()


def _all(before: State, known: Iterable[Version], copied: Copied) -> list[Version]:
    """Return the versions of the manifest, by path and hash."""
    versions = {(v.path, v.sha256): v for v in known}
    for document, at, lock, _ in copied.copies:
        until = lock.until.isoformat() if lock and lock.until else ""
        versions[document.path, document.sha256] = of_document(document, at, until)
    for version in before.versions:  # a damaged one that could not be copied again
        versions.setdefault((version.path, version.sha256), version)
    return sorted(versions.values())


def _write(store: Store, before: Manifest | None, versions: Sequence[Version]) -> Manifest:
    """Write the manifest; while nothing has changed, it names the list of the one before."""
    if before and list(before.versions) == versions and _is_locked(store, before):
        same = {"list": before.entry.body["list"]}
        return Manifest(
            entry=store.manifests.append("manifest", same, store.until), versions=versions
        )
    named = store.write_list(manifest.packed(versions))
    entry = store.manifests.append("manifest", {"list": named}, store.until)
    written = store.manifest_of(entry)
    if list(written.versions) != versions:
        raise StoreError(f"{entry.name} did not come back as it was written")
    return written


def _is_locked(store: Store, before: Manifest) -> bool:
    return bool(before.entry.body["list"]["locked_until"] >= store.needed.isoformat())


def _lost(store: Store, after: State, at: str) -> Iterable[str]:
    cases = losses.outstanding(after.versions, after.held, after.known)
    percent = store.configuration.largest_loss_percent
    return losses.problems(after.versions, after.held, cases, at, percent)


def _facts(after: State, copied: Copied) -> Mapping[str, object]:
    live = [version for version in after.versions if not version.gone]
    return {
        "documents": len(live),
        "bytes": sum(version.size for version in live),
        "copied": copied.uploaded,
        "held": sorted(after.held),
    }
