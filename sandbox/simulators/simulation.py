"""The common part of every simulator: a state, a clock, and a reset."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from sandbox.simulators.store import Store

_CLOCK = "clock"


class Simulation:
    """
    The state of a service, and its clock, which tests can move.

    Args:
        store: The store of the state.
        fill: Writes the initial objects into the store.
    """

    def __init__(self, store: Store, fill: Callable[[Store], None] = lambda _: None) -> None:
        self.store = store
        self._fill = fill
        with store.transaction():
            if store.find(_CLOCK, _CLOCK) is None:
                self._begin()

    def _begin(self) -> None:
        self.store.clear()
        self._fill(self.store)
        self.store.put(_CLOCK, {"id": _CLOCK, "offset_seconds": 0})

    def reset(self) -> None:
        """Delete the state, and set the clock to real time."""
        with self.store.transaction():
            self._begin()

    def now(self) -> datetime:
        """Return the time of the clock, in whole seconds."""
        clock = self.store.find(_CLOCK, _CLOCK) or {}
        moved = timedelta(seconds=clock.get("offset_seconds", 0))
        return (datetime.now(UTC) + moved).replace(microsecond=0)

    def set_now(self, moment: datetime) -> None:
        """Set the clock; it continues from there."""
        offset = (moment - datetime.now(UTC)) / timedelta(seconds=1)
        with self.store.transaction():
            self.store.put(_CLOCK, {"id": _CLOCK, "offset_seconds": offset})
