"""The register of decisions: a hold, a release, or an accepted loss."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Literal

from legal_storage.journal import Entry
from legal_storage.outcome import WrongUseError
from legal_storage.store import Store

SHORTEST_REASON = 10


@dataclass(frozen=True, kw_only=True)
class Decision:
    """
    One decision.

    Args:
        documents: Their paths; none means every document that was lost or changed until then.
        by: The person who decided.
    """

    action: Literal["hold", "release", "acknowledge"]
    documents: Sequence[str]
    by: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class Dated:
    """A decision in the register, with its time by the store's clock, as ISO 8601."""

    at: str
    decision: Decision


@dataclass(frozen=True, kw_only=True)
class Register:
    """
    What the register says.

    Args:
        decisions: The decisions, oldest first.
        problems: The entries that were forged or removed, which do not count.
    """

    decisions: Sequence[Dated]
    problems: Sequence[str]

    @cached_property
    def last_word(self) -> Mapping[str, Dated]:
        """The last hold or release of each document."""
        words: dict[str, Dated] = {}
        for dated in self.decisions:
            if dated.decision.action != "acknowledge":
                words |= dict.fromkeys(dated.decision.documents, dated)
        return words

    def acknowledges(self, path: str, gone_at: str) -> bool:
        """Report whether a person has acknowledged what happened to a document at *gone_at*."""
        return any(
            dated.decision.action == "acknowledge"
            and dated.at >= gone_at
            and path in (dated.decision.documents or [path])
            for dated in self.decisions
        )


def read(store: Store) -> Register:
    """Read the register; also entries that were deleted or overwritten since."""
    entries, problems = store.register.entries()
    return Register(decisions=[_dated(entry) for entry in entries], problems=problems)


def append(store: Store, decision: Decision) -> Dated:
    """
    Write a decision; it is locked like a document, and is under hold itself.

    Raises:
        WrongUseError: It does not say who decides, or why.
    """
    if len(decision.reason.strip()) < SHORTEST_REASON or not decision.by.strip():
        raise WrongUseError(
            "name who decides (--by) and a reason of ten letters or more (--reason)"
        )
    held = store.objects.locks is not None
    return _dated(store.register.append(decision.action, asdict(decision), store.until, held=held))


def _dated(entry: Entry) -> Dated:
    body = entry.body
    return Dated(
        at=body["at"],
        decision=Decision(
            action=body["action"],
            documents=body["documents"],
            by=body["by"],
            reason=body["reason"],
        ),
    )
