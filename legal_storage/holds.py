"""Legal hold: what is under hold, and how a hold begins and ends."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from legal_storage import register
from legal_storage.manifest import Version
from legal_storage.objects import At, Locks
from legal_storage.outcome import Outcome, WrongUseError
from legal_storage.reading import Document
from legal_storage.register import Dated, Decision, Register
from legal_storage.store import Store

_AZURE = (
    "Azure Blob: put the hold on the blob's versions with Azure's own tool: "
    "runbooks/legal-hold.md says how"
)


def current(
    store: Store, known: Register, versions: Sequence[Version]
) -> tuple[dict[str, Dated], list[str]]:
    """
    Return the documents under hold, and the releases that do not count.

    A release counts only when the bucket holds no version of the document any longer: the keys of
    the backup can write an entry, but cannot end a hold.
    """
    held = {path: word for path, word in known.last_word.items() if word.decision.action == "hold"}
    released = {path: word for path, word in known.last_word.items() if path not in held}
    holding = {v.at for v in versions if v.path in held}
    asked = [v for v in versions if v.path in released]
    locks = store.objects.locks.ask({v.at for v in asked}) if store.objects.locks else {}
    problems = []
    for path in sorted({v.path for v in asked if v.at in locks and locks[v.at].held}):
        held[path] = released[path]
        if not any(v.at in holding for v in asked if v.path == path):
            problems.append(
                f"{path}: its release by {released[path].decision.by} does not count, because the "
                "bucket still holds it: if it is genuine, run `release` again"
            )
    return held, problems


def follow(
    store: Store,
    held: dict[str, Dated],
    versions: Iterable[Version],
    documents: Iterable[Document],
) -> None:
    """Add to *held* each document whose content is under hold with another name."""
    contents = {v.sha256: v.path for v in versions if v.path in held and v.size}
    for document in documents if contents else ():
        origin = contents.get(document.sha256)
        if origin is not None and document.path not in held:
            held[document.path] = register.append(
                store,
                Decision(
                    action="hold",
                    documents=[document.path],
                    by="legal_storage backup",
                    reason=f"the same content as {origin}, which is under hold",
                ),
            )


def hold(store: Store, document: str, by: str, reason: str) -> Outcome:
    """Put every version of *document* under hold; the backup holds later versions."""
    _, versions = _versions_of(store, document)
    dated = _decide(store, "hold", document, by, reason)
    return _outcome(dated, versions, enforce(store, versions, held=True))


def release(store: Store, document: str, by: str, reason: str) -> Outcome:
    """End the hold of *document*; its versions stay locked until their retention ends."""
    everything, versions = _versions_of(store, document)
    known = register.read(store)
    held, _ = current(store, known, everything)
    if document not in held:
        raise WrongUseError(f"{document}: not under hold")
    dated = _decide(store, "release", document, by, reason)
    others = {
        path
        for path, word in known.last_word.items()
        if word.decision.action == "hold" and path != document
    }
    shared = {v.at: v.path for v in everything if v.path in others}
    problems = [
        f"{v.title}: {shared[v.at]} has the same content and is under hold: release it, too"
        for v in versions
        if v.at in shared
    ]
    own = [v for v in versions if v.at not in shared]
    return _outcome(dated, versions, [*problems, *enforce(store, own, held=False)])


def enforce(store: Store, versions: Iterable[Version], *, held: bool) -> list[str]:
    """Reconcile the holds of the bucket with the register; return what could not be reconciled."""
    locks = store.objects.locks
    if locks is None:
        return []
    by_object = {version.at: version for version in versions}
    changed = _others(locks, by_object, held=held)
    locks.hold(changed, held=held)
    left = _others(locks, changed, held=held)
    word = "not under hold in the store" if held else "still under hold in the store"
    return sorted(f"{by_object[at].title}: {word}" for at in left)


def listed(held: Mapping[str, Dated]) -> Iterator[dict[str, str]]:
    """Yield what a report says of each hold."""
    for path, dated in sorted(held.items()):
        decision = dated.decision
        yield {"document": path, "since": dated.at, "by": decision.by, "reason": decision.reason}


def _others(locks: Locks, versions: Iterable[At], *, held: bool) -> set[At]:
    return {at for at, lock in locks.ask(versions).items() if lock.held != held}


def _versions_of(store: Store, document: str) -> tuple[Sequence[Version], list[Version]]:
    if store.objects.locks is None:
        raise WrongUseError(_AZURE)
    newest, _ = store.newest_manifest()
    everything = newest.versions if newest else []
    versions = [v for v in everything if v.path == document]
    if not versions:
        raise WrongUseError(f"{document}: no backup knows this document: mind its exact path")
    return everything, versions


def _decide(store: Store, action: str, document: str, by: str, reason: str) -> Dated:
    decision = Decision(
        action="hold" if action == "hold" else "release",
        documents=[document],
        by=by,
        reason=reason,
    )
    return register.append(store, decision)


def _outcome(dated: Dated, versions: Sequence[Version], problems: Sequence[str]) -> Outcome:
    decision = dated.decision
    return Outcome(
        facts={
            "at": dated.at,
            "document": decision.documents[0],
            "action": decision.action,
            "by": decision.by,
            "reason": decision.reason,
            "versions": len(versions),
        },
        problems=problems,
    )
