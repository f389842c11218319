"""What a resource of this package must have; one module implements one."""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from plugins.waqiti.values import Values

System = TypeVar("System")

# An argument, and what is wrong with its value.
Problem = tuple[str, str]


@dataclass(frozen=True)
class Done:
    """
    What the engine records.

    Args:
        values: The resource as it is now, without any secret.
        warnings: Sentences for the person who runs the `up`.
    """

    values: Values
    warnings: Sequence[str] = ()


class Resource(ABC, Generic[System]):
    """A kind of resource in a system; every method but `problems` may raise `RefusedError`."""

    replaced_by: frozenset[str]
    """The arguments whose change replaces the resource."""
    results: frozenset[str] = frozenset()
    """The properties that are no arguments."""

    @abstractmethod
    def problems(self, inputs: Values) -> Iterator[Problem]:
        """Yield what is wrong with the arguments; no system is asked."""

    @abstractmethod
    def identity(self, inputs: Values) -> str:
        """Return the id of the resource with these arguments."""

    @abstractmethod
    def foreseen(self, inputs: Values) -> Values:
        """Return what a preview shows; no system is asked."""

    @abstractmethod
    def create(self, system: System, inputs: Values) -> Done:
        """Make the resource exist; repeatable, because an answer may be lost."""

    @abstractmethod
    def read(self, system: System, recorded: Values) -> Values | None:
        """Return *recorded* as it is now; None if it does not exist any more."""

    @abstractmethod
    def update(self, system: System, recorded: Values, inputs: Values) -> Done:
        """Make the resource what *inputs* say."""

    @abstractmethod
    def delete(self, system: System, recorded: Values) -> None:
        """Delete what belongs to the resource alone."""

    def drifted(self, recorded: Values, inputs: Values) -> Iterator[str]:
        """Yield the properties that are no arguments and are not as *inputs* need them."""
        del recorded, inputs
        yield from ()
