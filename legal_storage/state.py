"""What the store knows at the start or at the end of a run."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from legal_storage import holds, register
from legal_storage.journal import Entry
from legal_storage.manifest import Manifest, Version
from legal_storage.register import Dated, Register
from legal_storage.store import Store


@dataclass(frozen=True, kw_only=True)
class State:
    """
    The newest manifest and the decisions.

    Args:
        newest: The newest manifest; None before the first backup.
        held: The documents under hold.
        problems: What is wrong with manifests, register and clock.
    """

    newest: Manifest | None
    known: Register
    held: dict[str, Dated]
    problems: Sequence[str]

    @property
    def versions(self) -> Sequence[Version]:
        """Every version that the store has."""
        return self.newest.versions if self.newest else []

    @property
    def reference(self) -> Mapping[str, str] | None:
        """Name and hash of the newest manifest."""
        entry: Entry | None = self.newest.entry if self.newest else None
        return entry.reference if entry else None


def read(store: Store) -> State:
    """
    Read the newest manifest and the register.

    Raises:
        StoreError: They cannot be read with these keys.
    """
    newest, problems = store.newest_manifest()
    known = register.read(store)
    held, releases = holds.current(store, known, newest.versions if newest else [])
    return State(
        newest=newest,
        known=known,
        held=held,
        problems=[*store.clock_problems, *problems, *known.problems, *releases],
    )
