"""The weekly integrity check: every copy is restored, compared, and checked for its lock."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from shutil import rmtree

from legal_storage import holds
from legal_storage.manifest import Manifest, Version
from legal_storage.outcome import Outcome
from legal_storage.retention import years_after
from legal_storage.store import Store, batches

_BATCH_BYTES = 1024**3  # the space for a batch, unless one document is larger
_OLDEST_MANIFEST = timedelta(hours=26)  # the threshold of the alert LegalBackupOverdue


@dataclass
class _Tally:
    compared: int = 0
    problems: list[str] = field(default_factory=list)


def verify(store: Store, now: datetime) -> Outcome:
    """
    Restore every version and compare its hash, also with the document on the volume if there.

    A version that was recovered after a deletion or an overwrite is a problem, as a lost one is;
    the sentences differ.
    """
    newest = store.newest_manifest()
    if newest is None:
        return Outcome(problems=["the store has no manifest: no backup has ever come to its end"])
    tally = _Tally()
    age = now.astimezone(UTC) - newest.time
    if age > _OLDEST_MANIFEST:
        tally.problems.append(f"the newest backup is {age.days * 24 + age.seconds // 3600} h old")
    for batch in batches(newest.versions, _BATCH_BYTES):
        _compare(store, batch, tally)
    tally.problems += _locks(store, newest, now.astimezone(UTC).date())
    facts = {"manifest": newest.name, "compared": tally.compared}
    return Outcome(facts=facts, problems=tally.problems)


def _compare(store: Store, batch: Sequence[Version], tally: _Tally) -> None:
    folder = store.scratch / "compared"
    try:
        whole, recovered = store.fetch(batch, folder)
        for version in recovered:
            tally.problems.append(
                f"{version.path} ({version.sha256[:12]}): its copy was deleted or corrupted; an "
                "older version of the object is whole: the next backup copies it anew"
            )
        names = {version.name for version in (*whole, *recovered)}
        tally.problems += [
            f"{version.path} ({version.sha256[:12]}): LOST: no whole copy is in the store"
            for version in batch
            if version.name not in names
        ]
        tally.compared += len(names)
    finally:
        rmtree(folder, ignore_errors=True)


def _locks(store: Store, newest: Manifest, today: date) -> list[str]:
    if store.lock is None:
        return []
    held = holds.current(store)
    reported = store.lock.locks(version.of_bucket for version in newest.versions)
    problems = []
    for version in newest.versions:
        lock = reported[version.of_bucket]
        term = years_after(
            date.fromisoformat(version.last_seen), store.configuration.retention_years
        )
        if today < term and (lock.until is None or lock.until < term):
            problems.append(f"{version.path} ({version.sha256[:12]}): not locked until {term}")
        if version.path in held and not lock.held:
            problems.append(f"{version.path} ({version.sha256[:12]}): not under hold in the store")
    return problems
