"""The locks of the versions: renewed, and read back from the bucket."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from legal_storage.manifest import Version
from legal_storage.store import Store


def keep_locked(
    store: Store, versions: Sequence[Version], needed: date, until: date
) -> tuple[list[Version], list[str]]:
    """
    Extend to *until* every lock that ends before *needed*.

    Returns:
        The versions with their locks in the bucket, and a sentence for each lock that is too short.
    """
    if store.lock is None:
        return list(versions), []  # the policy of the container locks
    short = {v.of_bucket for v in versions if v.locked_until < needed.isoformat()}
    reported = dict(store.lock.locks(short))
    renewed = {at for at, lock in reported.items() if lock.until is None or lock.until < needed}
    store.lock.extend(renewed, until)
    reported |= store.lock.locks(renewed)
    kept, problems = [], []
    for version in versions:
        lock = reported.get(version.of_bucket)
        ends = version.locked_until if lock is None else lock.until and lock.until.isoformat()
        if not ends or ends < needed.isoformat():
            problems.append(f"{version.path}: its copy is not locked until {needed}")
        kept.append(replace(version, locked_until=ends or ""))
    return kept, problems
