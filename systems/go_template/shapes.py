"""What is known of the values in a template before it is executed."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, eq=False)
class Shape:
    """
    What a value is.

    Args:
        name: How a message names such a value.
        fields: Its fields and methods.
        entry: The shape of every other name; only maps have one.
        item: The shape of what `range` yields; None if `range` refuses the value.
        known: False if nothing is known, so that everything is allowed.
    """

    name: str
    fields: "Mapping[str, Shape | Method]" = field(default_factory=dict)
    entry: "Shape | None" = None
    item: "Shape | None" = None
    known: bool = True

    def takes(self, given: "Shape") -> bool:
        """Return whether a parameter of this shape takes the value *given*."""
        if not (self.known and given.known) or self is given:
            return True
        return self is CONVERTIBLE and given in {TEXT, NUMBER, WHOLE_NUMBER}


@dataclass(frozen=True)
class Function:
    """
    A function of a template.

    Args:
        parameters: The shapes of the required arguments.
        result: The shape of the result.
        rest: The shape of any number of further arguments; None if there are none.
    """

    parameters: tuple[Shape, ...]
    result: Shape
    rest: Shape | None = None


# A field that takes arguments.
Method = Function

ANYTHING = Shape("a value", known=False)
TEXT = Shape("a text")
NUMBER = Shape("a number")
WHOLE_NUMBER = Shape("a whole number", item=ANYTHING)
BOOLEAN = Shape("a boolean")
NOTHING = Shape("nothing")
TIME = Shape("a time", known=False)  # has the methods of Go's time.Time
CONVERTIBLE = Shape("a number")  # a number, or a text that contains one
LIST_OF_TEXTS = Shape("a list of texts", item=TEXT)


def as_map(name: str, entry: Shape, fields: Mapping[str, Shape | Method] | None = None) -> Shape:
    """Return the shape of a map whose values are *entry*."""
    return Shape(name, fields=fields or {}, entry=entry, item=entry)


# Go's own functions.
BUILTINS: Mapping[str, Function] = {
    "and": Function((ANYTHING,), ANYTHING, rest=ANYTHING),
    "call": Function((ANYTHING,), ANYTHING, rest=ANYTHING),
    "eq": Function((ANYTHING, ANYTHING), BOOLEAN, rest=ANYTHING),
    "ge": Function((ANYTHING, ANYTHING), BOOLEAN),
    "gt": Function((ANYTHING, ANYTHING), BOOLEAN),
    "html": Function((), TEXT, rest=ANYTHING),
    "index": Function((ANYTHING,), ANYTHING, rest=ANYTHING),
    "js": Function((), TEXT, rest=ANYTHING),
    "le": Function((ANYTHING, ANYTHING), BOOLEAN),
    "len": Function((ANYTHING,), WHOLE_NUMBER),
    "lt": Function((ANYTHING, ANYTHING), BOOLEAN),
    "ne": Function((ANYTHING, ANYTHING), BOOLEAN),
    "not": Function((ANYTHING,), BOOLEAN),
    "or": Function((ANYTHING,), ANYTHING, rest=ANYTHING),
    "print": Function((), TEXT, rest=ANYTHING),
    "printf": Function((TEXT,), TEXT, rest=ANYTHING),
    "println": Function((), TEXT, rest=ANYTHING),
    "slice": Function((ANYTHING,), ANYTHING, rest=WHOLE_NUMBER),
    "urlquery": Function((), TEXT, rest=ANYTHING),
}
