"""What every simulated service has: what it remembers, what time it is there, a beginning."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from sandbox.simulators.store import Store

_CLOCK = "clock"


class Simulation:
    """
    A service's state, and its clock, which a test may move.

    Args:
        store: Where the state is kept.
        fill: Puts into the store what is there from the beginning.
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
        """Forget everything; the clock shows real time again."""
        with self.store.transaction():
            self._begin()

    def now(self) -> datetime:
        """Give real time plus what the clock was moved by, in whole seconds."""
        clock = self.store.find(_CLOCK, _CLOCK) or {}
        moved = timedelta(seconds=clock.get("offset_seconds", 0))
        return (datetime.now(UTC) + moved).replace(microsecond=0)

    def set_now(self, moment: datetime) -> None:
        """Move the clock; it goes on from there."""
        offset = (moment - datetime.now(UTC)) / timedelta(seconds=1)
        with self.store.transaction():
            self.store.put(_CLOCK, {"id": _CLOCK, "offset_seconds": offset})
