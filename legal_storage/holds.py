"""Legal hold: an append-only register of documents under hold, with person and reason."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from typing import Literal

from legal_storage.manifest import Version
from legal_storage.object_lock import ObjectLock
from legal_storage.outcome import Outcome, StoreError, WrongUseError
from legal_storage.rclone import SEALED
from legal_storage.retention import years_after
from legal_storage.store import HOLDS, Store

_SHORTEST_REASON = 10


@dataclass(frozen=True, kw_only=True)
class Event:
    """
    One entry of the register.

    Args:
        at: The time, in UTC, as ISO 8601.
        by: The person who decided.
    """

    at: str
    document: str
    action: Literal["hold", "release"]
    by: str
    reason: str


def current(store: Store) -> Mapping[str, Event]:
    """Return the documents under hold, each with the register entry of its hold."""
    held: dict[str, Event] = {}
    for event in register(store):
        held.pop(event.document, None)
        if event.action == "hold":
            held[event.document] = event
    return held


def register(store: Store) -> Sequence[Event]:
    """
    Read the register, oldest entry first, including deleted and overwritten entries.

    Raises:
        StoreError: An entry cannot be read.
    """
    place = store.scratch / "register"
    everything = store.rclone.of_all_versions()
    if everything.names(HOLDS):
        everything.run("copy", f"{SEALED}{HOLDS}", str(place))
    events: dict[str, Event] = {}
    # Every entry is written once: only its first version is genuine.
    for file in sorted(place.glob("*"), key=lambda file: ("-v" not in file.name, file.name)):
        try:
            entry = Event(**json.loads(file.read_text(encoding="utf-8")))
        except (ValueError, TypeError) as error:
            raise StoreError(f"register entry {file.name} cannot be read: {error}") from None
        events.setdefault(f"{entry.at} {entry.document}", entry)
    return sorted(events.values(), key=lambda event: event.at)


def hold(store: Store, document: str, by: str, reason: str, now: datetime) -> Outcome:
    """Put every version of *document* under hold; the backup holds later versions."""
    return _change(
        store, Event(at=time_of(now), document=document, action="hold", by=by, reason=reason)
    )


def release(store: Store, document: str, by: str, reason: str, now: datetime) -> Outcome:
    """End the hold of *document*; its versions stay locked until their retention ends."""
    return _change(
        store, Event(at=time_of(now), document=document, action="release", by=by, reason=reason)
    )


def _change(store: Store, event: Event) -> Outcome:
    if len(event.reason.strip()) < _SHORTEST_REASON or not event.by.strip():
        raise WrongUseError(
            "name who decides (--by) and a reason of ten letters or more (--reason)"
        )
    if store.lock is None:
        raise WrongUseError(
            "Azure Blob: put the hold on the blob's versions with Azure's own tool: "
            "runbooks/legal-hold.md says how"
        )
    newest = store.newest_manifest()
    versions = [v for v in newest.versions if v.path == event.document] if newest else []
    if not versions:
        raise WrongUseError(f"{event.document}: no backup knows this document: mind its exact path")
    if event.action == "release" and event.document not in current(store):
        raise WrongUseError(f"{event.document}: not under hold")
    append(store, event)
    wrong = enforce(store, versions, held=event.action == "hold")
    return Outcome(facts={**asdict(event), "versions": len(versions)}, problems=wrong)


def append(store: Store, event: Event) -> None:
    """Write an entry; it is locked like a document, and is under hold itself."""
    until = years_after(date.fromisoformat(event.at[:10]), store.configuration.retention_years)
    digest = hashlib.sha256(event.document.encode()).hexdigest()[:12]
    name = f"{event.at}-{event.action}-{digest}.json".replace(":", "-")
    file = store.scratch / name
    file.write_text(json.dumps(asdict(event), ensure_ascii=False), encoding="utf-8")
    rclone = store.rclone.locking(until, held=True)
    rclone.run("copyto", str(file), f"{SEALED}{HOLDS}/{name}")
    if store.rclone.run("cat", f"{SEALED}{HOLDS}/{name}") != file.read_text("utf-8"):
        raise StoreError(f"register entry {name} did not come back as it was written")


def enforce(store: Store, versions: Sequence[Version], *, held: bool) -> list[str]:
    """Reconcile the holds of the bucket with the register; return what could not be reconciled."""
    if store.lock is None:
        return []
    store.lock.hold(_others(store.lock, versions, held=held), held=held)
    left = _others(store.lock, versions, held=held)
    word = "not under hold in the store" if held else "still under hold in the store"
    return [f"{v.path} ({v.sha256[:12]}): {word}" for v in versions if v.of_bucket in left]


def _others(lock: ObjectLock, versions: Sequence[Version], *, held: bool) -> set[tuple[str, str]]:
    reported = lock.locks(version.of_bucket for version in versions)
    return {version for version, known in reported.items() if known.held != held}


def time_of(now: datetime) -> str:
    """Format *moment* as the register does."""
    return now.astimezone(UTC).isoformat(timespec="microseconds")
