"""The weekly integrity check: every copy is read and compared, and every lock is asked for."""

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from functools import partial

from legal_storage import contents, locking, state
from legal_storage.contents import Fetched
from legal_storage.journal import SKEW, Entry
from legal_storage.manifest import Version
from legal_storage.objects import At, Lock
from legal_storage.outcome import Outcome
from legal_storage.reporting import CHECK, write_report
from legal_storage.retention import years_after
from legal_storage.state import State
from legal_storage.store import Store

_OLDEST_MANIFEST = timedelta(hours=26)  # the threshold of the alert LegalBackupOverdue
_READS_AT_ONCE = 8


def verify(store: Store) -> Outcome:
    """
    Read every version and compare its hash; check every lock and every signed entry.

    Content is decrypted in memory only.
    """
    known = state.read(store)
    if known.newest is None:
        nothing = "the store has no manifest: no backup has ever come to its end"
        outcome = Outcome(problems=[*known.problems, nothing])
        return write_report(store, CHECK, outcome, known)
    by_object = {version.at: version for version in known.versions}
    versions = list(by_object.values())
    with ThreadPoolExecutor(_READS_AT_ONCE) as pool:
        read = dict(zip(by_object, pool.map(partial(_whole, store), versions), strict=True))
    damaged = [version for version in versions if read[version.at] is None]
    locks = {at: whole.lock for at, whole in read.items() if whole and whole.lock}
    problems = [
        *known.problems,
        *_age(store, known.newest.entry),
        *(f"{v.title}: LOST: its copy is not whole: the next backup copies it anew, if it is on "
          "the volume" for v in damaged),
        *_intruders(store, by_object),
        *_locks(store, known, locks),
        *_chain(store, known),
    ]  # fmt: skip
    facts = {
        "manifest": known.newest.entry.name,
        "compared": len(versions) - len(damaged),
        "damaged": [list(v.at) for v in damaged],
    }
    outcome = Outcome(facts=facts, problems=problems)
    return write_report(store, CHECK, outcome, known, locking.dates(store, locks))


def _whole(store: Store, version: Version) -> Fetched | None:
    return store.contents.whole(version.at, version.sha256)


def _age(store: Store, newest: Entry) -> Iterator[str]:
    age = store.now - newest.at
    if age > _OLDEST_MANIFEST:
        yield f"the newest backup is {age.days * 24 + age.seconds // 3600} h old"
    if age < -SKEW:
        yield f"the newest backup is from the future: {newest.body['at']}"


def _intruders(store: Store, known: dict[At, Version]) -> Iterator[str]:
    """Yield what somebody deleted or wrote over; the locked versions are below it."""
    if store.objects.locks is None:
        return
    versions = {name: version for (name, _), version in known.items()}
    for found in store.objects.list(f"{contents.FOLDER}/"):
        version = versions.get(found.name)
        if not found.latest or version is None or (found.name, found.version) in known:
            continue
        if _whole(store, version):
            yield (
                f"{version.title}: somebody has {'deleted' if found.deleted else 'overwritten'} "
                "its object; the locked version below it is whole: runbooks/legal-restore.md says "
                "how to lay it open"
            )


def _locks(store: Store, known: State, locks: Mapping[At, Lock]) -> Iterator[str]:
    years = store.configuration.retention_years
    now = known.newest.entry.body["at"] if known.newest else ""
    for version in known.versions:
        if (lock := locks.get(version.at)) is None:
            continue  # it is not whole, or a policy locks
        term = years_after(date.fromisoformat((version.gone_at or now)[:10]), years)
        if store.today < term and (lock.until is None or lock.until < term):
            yield f"{version.title}: not locked until {term}"
        if version.path in known.held and not lock.held:
            yield f"{version.title}: not under hold in the store"


def _chain(store: Store, known: State) -> Iterator[str]:
    """Yield every manifest and report that was removed or forged."""
    manifests, problems = store.manifests.entries()
    yield from (problem for problem in problems if problem not in known.problems)
    listed: Sequence[Entry]
    listed, problems = store.reports.entries()
    yield from problems
    hashes = {entry.name: entry.sha256 for entry in manifests}
    for report in listed:
        named = report.body["manifest"]
        if named and hashes.get(named["name"]) != named["sha256"]:
            yield f"{named['name']}: {report.name} names it, and it is gone or was forged"
