"""The locks of the versions: renewed, and read back from the bucket."""

from collections.abc import Mapping, Sequence

from legal_storage.manifest import Version
from legal_storage.objects import At, Lock
from legal_storage.reports import LockDates
from legal_storage.store import Store

_OBJECT_LOCK = "object lock"
_POLICY = "the container's own policy: not checked"


def keep_locked(store: Store, versions: Sequence[Version]) -> tuple[list[Version], list[str]]:
    """
    Extend every lock of a document on the volume that is too short.

    Returns:
        The versions with their locks in the bucket, and a sentence for each lock that is too short.
    """
    locks, needed = store.objects.locks, store.needed
    if locks is None:
        return list(versions), []  # the policy of the container locks
    day = needed.isoformat()
    today = store.today.isoformat()
    # One that is first missed today was seen at most today.
    counted = {v.at for v in versions if not v.gone or v.gone_at[:10] == today}
    short = {v.at for v in versions if v.at in counted and v.locked_until < day}
    reported = dict(locks.ask(short)) if short else {}
    renewed = {at for at, lock in reported.items() if lock.until is None or lock.until < needed}
    if renewed:
        locks.extend(renewed, store.until)
        reported |= locks.ask(renewed)
    kept, problems = [], []
    for version in versions:
        if (lock := reported.get(version.at)) is None:
            kept.append(version)
            continue
        until = lock.until.isoformat() if lock.until else ""
        if until < day and version.at in counted:
            problems.append(f"{version.path}: its copy is not locked until {needed}")
        kept.append(version._replace(locked_until=until))
    return kept, problems


def first_and_last(store: Store, versions: Sequence[Version]) -> LockDates:
    """Ask the bucket for the lock that ends first and for the one that ends last."""
    known = [v for v in versions if v.locked_until]
    ends = {min(known, key=_end).at, max(known, key=_end).at} if known else set()
    return dates(store, store.objects.locks.ask(ends) if store.objects.locks else {})


def dates(store: Store, locks: Mapping[At, Lock]) -> LockDates:
    """Return what a report says of the locks that the bucket was asked for."""
    days = sorted(lock.until.isoformat() for lock in locks.values() if lock.until)
    return LockDates(
        kind=_OBJECT_LOCK if store.objects.locks else _POLICY,
        oldest=days[0] if days else None,
        newest=days[-1] if days else None,
        asked=len(locks),
    )


def _end(version: Version) -> str:
    return version.locked_until
