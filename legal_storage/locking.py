"""Locks that are long enough, as the bucket itself tells."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from legal_storage.manifest import Version
from legal_storage.store import Store


def keep_locked(
    store: Store, versions: Sequence[Version], needed: date, until: date
) -> tuple[list[Version], list[str]]:
    """
    Renew every lock that ends before *needed*, to *until*.

    Returns:
        The versions with the locks that the bucket tells, and what is not locked for long enough.
    """
    if store.lock is None:
        return list(versions), []  # the container's own policy locks
    short = {v.of_bucket for v in versions if v.locked_until < needed.isoformat()}
    told = dict(store.lock.locks(short))
    renewed = {at for at, lock in told.items() if lock.until is None or lock.until < needed}
    store.lock.extend(renewed, until)
    told |= store.lock.locks(renewed)
    kept, problems = [], []
    for version in versions:
        lock = told.get(version.of_bucket)
        ends = version.locked_until if lock is None else lock.until and lock.until.isoformat()
        if not ends or ends < needed.isoformat():
            problems.append(f"{version.path}: its copy is not locked until {needed}")
        kept.append(replace(version, locked_until=ends or ""))
    return kept, problems
