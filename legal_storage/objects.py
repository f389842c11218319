"""The objects of a store: what every kind of store can do, and what only those that lock can."""

from collections.abc import Iterable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, datetime
from typing import BinaryIO, Protocol

At = tuple[str, str]  # the name of an object, and the id of one of its versions


@dataclass(frozen=True, kw_only=True)
class Lock:
    """
    The lock of one version of an object.

    Args:
        until: The day before which nobody may delete it; None if it may be deleted now.
        held: Whether it is under legal hold, which has no end.
    """

    until: date | None
    held: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Found:
    """
    One version of an object, as the store lists it.

    Args:
        version: Its id; empty if the store keeps no versions.
        latest: Whether it is what a reader without an id gets.
        deleted: Whether it is a delete marker, which hides the versions below it.
        written: When the store received it, by its own clock.
    """

    name: str
    version: str
    latest: bool
    deleted: bool
    written: datetime


class Stream(Protocol):
    """The content of one version, as it arrives."""

    def read(self, amount: int = -1, /) -> bytes:
        """Return at most *amount* bytes; none at the end."""


@dataclass(frozen=True)
class Opened:
    """
    One version that is being read.

    Args:
        stream: Its content.
        lock: Its lock, as the store reports it with the content; None if a policy locks.
    """

    stream: Stream
    lock: Lock | None


class Locks(Protocol):
    """The locks of a store."""

    def ask(self, versions: Iterable[At]) -> Mapping[At, Lock]:
        """Return the lock of each version, as the store reports it now."""

    def extend(self, versions: Iterable[At], until: date) -> None:
        """Lock each version until *until*; the store refuses to shorten a lock."""

    def hold(self, versions: Iterable[At], *, held: bool) -> None:
        """Set or end the legal hold of each version."""


class Objects(Protocol):
    """
    One bucket or container.

    Every method raises StoreError if the store does not answer or refuses.
    """

    @property
    def address(self) -> str:
        """The bucket and its endpoint, for reports."""

    @property
    def locks(self) -> Locks | None:
        """The locks; None if a policy of the container locks."""

    def require(self) -> None:
        """
        Check that the store keeps and locks versions, as far as it can be asked.

        Raises:
            WrongUseError: It does not.
        """

    def now(self) -> datetime:
        """Return the time by the store's own clock."""

    def list(self, prefix: str) -> Iterable[Found]:
        """List every version of every object whose name starts with *prefix*."""

    def put(self, name: str, content: BinaryIO, until: date, *, held: bool) -> str:
        """Write an object that is locked until *until*; return the id of its version."""

    def open(self, name: str, version: str) -> AbstractContextManager[Opened]:
        """
        Open one version.

        Raises:
            UnreadableError: The store has no such version.
        """
