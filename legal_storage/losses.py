"""The documents that were lost or changed, and that stay a problem until a person accepts it."""

import shlex
from collections.abc import Collection, Iterator, Mapping, Sequence

from legal_storage import register
from legal_storage.manifest import Version
from legal_storage.outcome import Outcome, WrongUseError
from legal_storage.register import Dated, Decision, Register
from legal_storage.store import Store

_NAMED = 20  # a sentence for each of so many documents; beyond, one sentence for all
_PERCENT = 100


def outstanding(
    versions: Sequence[Version], held: Mapping[str, Dated], known: Register
) -> tuple[list[Version], list[Version]]:
    """Return the losses, and the changes under hold, that nobody has acknowledged."""
    lost, changed = [], []
    for version in versions:
        if version.gone == "lost":
            lost.append(version)
        elif (
            version.gone == "replaced"
            and (since := held.get(version.path))
            and version.gone_at > since.at
        ):
            changed.append(version)
    return _unacknowledged(lost, known), _unacknowledged(changed, known)


def problems(
    versions: Sequence[Version],
    held: Collection[str],
    open_cases: tuple[Sequence[Version], Sequence[Version]],
    at: str,
    largest_percent: int,
) -> Iterator[str]:
    """
    Yield the sentences of a report.

    Every loss is in the report of the run that first misses it. It stays in later reports if it is
    under hold, or if all losses together exceed *largest_percent* of the documents.
    """
    lost, changed = open_cases
    live = sum(not version.gone for version in versions)
    is_large = len(lost) * _PERCENT > largest_percent * (live + len(lost))
    reported = [v for v in lost if is_large or v.path in held or v.gone_at == at]
    if len(reported) > _NAMED:
        yield _summary(reported, live)
        reported = [v for v in reported if v.path in held]
    for version in sorted(reported):
        under_hold = ", though it is under hold" if version.path in held else ""
        yield (
            f"{version.path}: gone from the volume since {version.gone_at[:10]}{under_hold}: "
            f"{_command('restore', version.path)} brings it back"
        )
    for version in sorted(changed):
        yield (
            f"{version.path}: changed since {version.gone_at[:10]}, though it is under hold: "
            f"{_command('restore', '--overwrite', f'--sha256={version.sha256}', version.path)} "
            f"brings the evidence back; {_command('acknowledge', version.path)} accepts the change"
        )
    now = [v for v in versions if v.gone == "replaced" and v.gone_at == at]
    if len(now) > 1 and len(now) * _PERCENT > largest_percent * live:
        yield f"{len(now)} of {live} documents have changed at once, such as {min(now).path}"


def acknowledge(store: Store, documents: Sequence[str], by: str, reason: str) -> Outcome:
    """
    Accept that *documents*, or all that are reported, were lost or changed.

    Raises:
        WrongUseError: A document is not reported as lost or changed.
    """
    newest, trouble = store.newest_manifest()
    versions = newest.versions if newest else []
    known = register.read(store)
    reported = {v.path for v in _unacknowledged(versions, known) if v.gone in {"lost", "replaced"}}
    if unknown := sorted(set(documents) - reported):
        raise WrongUseError(f"no backup reports as lost or changed: {', '.join(unknown)}")
    dated = register.append(
        store, Decision(action="acknowledge", documents=documents, by=by, reason=reason)
    )
    facts = {"at": dated.at, "acknowledged": list(documents) or "all", "by": by, "reason": reason}
    return Outcome(facts=facts, problems=trouble)


def _unacknowledged(versions: Sequence[Version], known: Register) -> list[Version]:
    return [v for v in versions if v.gone and not known.acknowledges(v.path, v.gone_at)]


def _summary(lost: Sequence[Version], live: int) -> str:
    return (
        f"{len(lost)} of {live + len(lost)} documents are gone from the volume, such as "
        f"{min(lost).path}: {_command('restore')} brings them back; {_command('acknowledge')} "
        "accepts the loss"
    )


def _command(*words: str) -> str:
    """Return the exact command, quoted for a shell."""
    return f"`python -m legal_storage {shlex.join(words)}`"
