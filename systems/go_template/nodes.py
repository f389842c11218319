"""The parsed form of a template."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Constant:
    """A literal; `kind` names its shape."""

    kind: Literal["text", "whole number", "number", "boolean", "nothing"]
    text: str


@dataclass(frozen=True)
class Dot:
    """The current value `.`, possibly with fields: `.Labels.team`."""

    fields: tuple[str, ...] = ()


@dataclass(frozen=True)
class Variable:
    """A variable, possibly with fields: `$labels.team`."""

    name: str
    fields: tuple[str, ...] = ()


@dataclass(frozen=True)
class Call:
    """The name of a function."""

    name: str
    fields: tuple[str, ...] = ()


@dataclass(frozen=True)
class Parenthesis:
    """A pipeline in parentheses, possibly with fields."""

    pipe: "Pipe"
    fields: tuple[str, ...] = ()


Operand = Constant | Dot | Variable | Call | Parenthesis


@dataclass(frozen=True)
class Command:
    """A value, or a function or method with its arguments."""

    operands: tuple[Operand, ...]


@dataclass(frozen=True)
class Pipe:
    """Commands, each of which passes its value to the next as the last argument."""

    line: int
    variables: tuple[str, ...]
    declares: bool
    commands: tuple[Command, ...]


@dataclass(frozen=True)
class Text:
    """Text that is not blank, outside of actions."""

    text: str


@dataclass(frozen=True)
class Output:
    """An action that prints a value or sets a variable."""

    pipe: Pipe


@dataclass(frozen=True)
class Control:
    """An `if`, `with` or `range`."""

    kind: str
    pipe: Pipe
    body: Sequence["Node"]
    otherwise: Sequence["Node"]


@dataclass(frozen=True)
class Inclusion:
    """An action `template`, or the call that a `block` makes of itself."""

    line: int
    name: str
    pipe: Pipe | None


Node = Text | Output | Control | Inclusion


@dataclass(frozen=True)
class Template:
    """One text: its own nodes, and the templates that it defines."""

    nodes: Sequence[Node]
    definitions: Mapping[str, Sequence[Node]]
