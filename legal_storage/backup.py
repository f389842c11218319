"""The daily backup: copy what the store lacks, verify and lock the copies, and write a manifest."""

import os
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta

from legal_storage import holds, manifest
from legal_storage.copying import Copied, copy
from legal_storage.documents import Document, scan, wrong_folders
from legal_storage.holds import Event
from legal_storage.locking import keep_locked
from legal_storage.manifest import Manifest, Version
from legal_storage.outcome import Outcome
from legal_storage.retention import years_after
from legal_storage.store import Store

# Each lock exceeds the retention by this much, so that it is renewed once a month, not every day.
RENEWAL = timedelta(days=31)


def back_up(store: Store, now: datetime) -> Outcome:
    """
    Copy what is new, verify it, renew locks, and write the manifest.

    A backup without problems means: every document on the volume is in the store, was verified
    when it was copied, and is locked for the full term.
    """
    if problems := wrong_folders(store.configuration):
        return Outcome(problems=problems)
    today = now.astimezone(UTC).date()
    years = store.configuration.retention_years
    needed, until = years_after(today, years), years_after(today + RENEWAL, years)

    previous = store.newest_manifest()
    documents, problems = scan(store.configuration.documents)
    held = _held(store, previous, documents, now)
    copied = copy(store, previous, documents, held, until)
    live, unlocked = keep_locked(store, _seen(copied.versions, today), needed, until)
    versions = [*live, *_former(previous, live)]
    problems += [*copied.problems, *unlocked]
    problems += holds.enforce(store, [v for v in versions if v.path in held], held=True)
    problems += _vanished(store, previous, documents, held)
    manifest.write(
        manifest.new(now, versions), store.rclone.locking(until, held=False), store.scratch
    )
    return Outcome(facts=_facts(store, copied, live, held), problems=problems)


def _held(
    store: Store, previous: Manifest | None, documents: Sequence[Document], now: datetime
) -> Mapping[str, Event]:
    """Return the holds. A hold follows its document to a new name."""
    held = dict(holds.current(store))
    known = previous.versions if previous else ()
    contents = {v.sha256: v.path for v in known if v.path in held and v.size}
    for document in documents:
        if document.path not in held and (origin := contents.get(document.sha256)) is not None:
            event = Event(
                at=holds.time_of(now),
                document=document.path,
                action="hold",
                by="legal_storage backup",
                reason=f"the same content as {origin}, which is under hold",
            )
            holds.append(store, event)
            held[document.path] = event
    return held


def _seen(versions: Iterable[Version], today: date) -> list[Version]:
    return [version.seen(today) for version in versions]


def _former(previous: Manifest | None, live: Sequence[Version]) -> list[Version]:
    now_live = {version.name for version in live}
    known = previous.versions if previous else ()
    return [version.unseen() for version in known if version.name not in now_live]


def _vanished(
    store: Store,
    previous: Manifest | None,
    documents: Sequence[Document],
    held: Mapping[str, Event],
) -> list[str]:
    """Report the documents that are missing on the volume; a renamed one is not missing."""
    root = store.configuration.documents
    contents = {document.sha256 for document in documents}
    known = previous.versions if previous else ()
    gone = {
        version.path: version
        for version in known
        if (version.live or version.path in held) and version.sha256 not in contents
        if not os.path.lexists(root / version.path)
    }
    return [
        f"{path}: gone from the volume since {version.last_seen}"
        f"{', though it is under hold' if path in held else ''}: `restore` brings it back"
        for path, version in sorted(gone.items())
        if not any(v.path == path and v.sha256 in contents for v in known)
    ]


def _facts(
    store: Store, copied: Copied, live: Sequence[Version], held: Mapping[str, Event]
) -> Mapping[str, object]:
    return {
        "documents": len(live),
        "bytes": sum(version.size for version in live),
        "copied": copied.uploaded,
        "held": sorted(held),
        "locked_by": "object lock" if store.lock else "the container's own policy: not checked",
    }
