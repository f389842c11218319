"""The check of a parsed template against the data, functions and templates that it has."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from systems.go_template import nodes
from systems.go_template.expressions import remedy
from systems.go_template.parsing import parsed
from systems.go_template.shapes import (
    ANYTHING,
    BOOLEAN,
    BUILTINS,
    NOTHING,
    NUMBER,
    TEXT,
    WHOLE_NUMBER,
    Function,
    Shape,
)
from systems.go_template.tokens import TemplateError

_CONSTANTS = {
    "text": TEXT,
    "whole number": WHOLE_NUMBER,
    "number": NUMBER,
    "boolean": BOOLEAN,
    "nothing": NOTHING,
}
_COMPARISONS = {"eq", "ge", "gt", "le", "lt", "ne"}
_COMPARABLE = {BOOLEAN, NOTHING, NUMBER, TEXT, WHOLE_NUMBER}
Scope = dict[str, Shape]


@dataclass(frozen=True, eq=False)
class Dialect:
    """
    What one system offers to its templates.

    Args:
        functions: Its functions, besides Go's own.
        data: The value that `.` is in the text itself.
        variables: The variables that it declares before the text, each with its `$`.
        templates: The templates that it defines or executes, with the value that `.` is in each.
    """

    functions: Mapping[str, Function]
    data: Shape
    variables: Mapping[str, Shape] = field(default_factory=dict)
    templates: Mapping[str, Shape] = field(default_factory=dict)

    def parsed(self, text: str) -> nodes.Template:
        """Return *text* in its parsed form; raise `TemplateError` if Go would refuse it."""
        return _parsed(text, self)


@lru_cache(maxsize=256)  # a file is checked for faults, then for templates that nothing executes
def _parsed(text: str, dialect: Dialect) -> nodes.Template:
    return parsed(text, {**BUILTINS, **dialect.functions}, dialect.variables)


def faults(text: str, dialect: Dialect) -> list[str]:
    """Return what is wrong with *text*, each with its remedy; a text that Go refuses has one."""
    try:
        template = dialect.parsed(text)
    except TemplateError as error:
        return [str(error)]
    checker = _Checker(dialect, template.definitions)
    checker.check(template.nodes, dialect.data, {"$": dialect.data, **dialect.variables})
    for name in template.definitions:
        if name in dialect.templates:
            checker.include(name, dialect.templates[name])
    for name in template.definitions.keys() - checker.included:
        checker.include(name, ANYTHING)
    return list(dict.fromkeys(checker.faults))


def unused_templates(text: str, dialect: Dialect) -> list[str]:
    """Return the templates that *text*, which has no fault, defines and nothing executes."""
    template = dialect.parsed(text)
    lists = [template.nodes, *template.definitions.values()]
    included = {name for body in lists for name in _inclusions(body)}
    return sorted(template.definitions.keys() - dialect.templates.keys() - included)


def _inclusions(body: Sequence[nodes.Node]) -> list[str]:
    found: list[str] = []
    for node in body:
        if isinstance(node, nodes.Inclusion):
            found.append(node.name)
        elif isinstance(node, nodes.Control):
            found += [*_inclusions(node.body), *_inclusions(node.otherwise)]
    return found


class _Checker:
    def __init__(self, dialect: Dialect, definitions: Mapping[str, Sequence[nodes.Node]]) -> None:
        self.faults: list[str] = []
        self.included: set[str] = set()
        self._checked: set[tuple[str, int]] = set()
        self._dialect = dialect
        self._definitions = definitions
        self._line = 1

    def include(self, name: str, dot: Shape) -> None:
        """Check the template *name* for a value *dot*."""
        self.included.add(name)
        if name in self._definitions and (name, id(dot)) not in self._checked:
            self._checked.add((name, id(dot)))
            self.check(self._definitions[name], dot, {"$": dot})

    def check(self, body: Sequence[nodes.Node], dot: Shape, scope: Scope) -> None:
        for node in body:
            if isinstance(node, nodes.Output):
                self._set(node.pipe, self._value(node.pipe, dot, scope), scope)
            elif isinstance(node, nodes.Inclusion):
                self._include(node, dot, scope)
            elif isinstance(node, nodes.Control):
                self._control(node, dot, scope)

    def _fault(self, reason: str) -> None:
        self.faults.append(str(TemplateError(self._line, reason)))

    def _set(self, pipe: nodes.Pipe, value: Shape, scope: Scope) -> None:
        for name in pipe.variables:
            # An assignment may happen in a branch that is not taken.
            scope[name] = value if pipe.declares else ANYTHING

    def _include(self, node: nodes.Inclusion, dot: Shape, scope: Scope) -> None:
        self._line = node.line
        value = NOTHING if node.pipe is None else self._value(node.pipe, dot, scope)
        known = {**self._dialect.templates, **self._definitions}
        if node.name in known:
            self.include(node.name, value)
        else:
            self._fault(f"unknown template {node.name!r}: define it or {remedy(node.name, known)}")

    def _control(self, node: nodes.Control, dot: Shape, scope: Scope) -> None:
        inner = dict(scope)
        value = self._value(node.pipe, dot, scope)
        body_dot = dot
        if node.kind == "with":
            body_dot = value
        elif node.kind == "range":
            body_dot = self._item(value)
            if len(node.pipe.variables) == 1:
                self._set(node.pipe, body_dot, inner)
            for name in node.pipe.variables[:-1]:
                inner[name] = ANYTHING  # the index or key
            for name in node.pipe.variables[1:]:
                inner[name] = body_dot
        if node.kind != "range":
            self._set(node.pipe, value, inner)
        self.check(node.body, body_dot, dict(inner))
        self.check(node.otherwise, dot, dict(inner))

    def _item(self, value: Shape) -> Shape:
        if not value.known:
            return ANYTHING
        if value.item is None:
            self._fault(f"range over {value.name}: use a list or a map")
        return value.item or ANYTHING

    def _value(self, pipe: nodes.Pipe, dot: Shape, scope: Scope) -> Shape:
        value: Shape | None = None
        for command in pipe.commands:
            self._line = pipe.line
            value = self._result(command, value, dot, scope)
        return value or ANYTHING

    def _result(
        self, command: nodes.Command, piped: Shape | None, dot: Shape, scope: Scope
    ) -> Shape:
        first, *others = command.operands
        given = [self._operand(operand, dot, scope) for operand in others]
        if piped is not None:
            given.append(piped)
        if isinstance(first, nodes.Call) and not first.fields:
            function = {**BUILTINS, **self._dialect.functions}[first.name]
            return self._called(first.name, function, given)
        if isinstance(first, nodes.Constant) and first.kind == "nothing":
            self._fault("nil is no command: remove it")
        return self._operand(first, dot, scope, given)

    def _called(self, name: str, function: Function, given: Sequence[Shape]) -> Shape:
        least = len(function.parameters)
        if len(given) < least or (function.rest is None and len(given) > least):
            wanted = f"{least}" if function.rest is None else f"at least {least}"
            self._fault(f"{name} has {len(given)} arguments: pass {wanted}")
            return function.result
        parameters = [*function.parameters]
        if function.rest is not None:
            parameters += [function.rest] * (len(given) - least)
        for parameter, value in zip(parameters, given, strict=True):
            if not parameter.takes(value):
                self._fault(f"{name} gets {value.name}: pass {parameter.name}")
        if name in _COMPARISONS:
            self._compare(name, [value for value in given if value.known])
        return function.result

    def _compare(self, name: str, given: Sequence[Shape]) -> None:
        for value in given:
            if value not in _COMPARABLE:
                self._fault(f"{name} compares {value.name}: use a text or a number")
            elif value is not given[0]:
                hint = ", for example 1.0" if {value, given[0]} == {NUMBER, WHOLE_NUMBER} else ""
                self._fault(
                    f"{name} compares {given[0].name} with {value.name}: use one kind{hint}"
                )

    def _operand(
        self, operand: nodes.Operand, dot: Shape, scope: Scope, given: Sequence[Shape] = ()
    ) -> Shape:
        """Return the shape of *operand*, whose last field is called with *given*."""
        match operand:
            case nodes.Constant():
                value = _CONSTANTS[operand.kind]
            case nodes.Dot():
                value = dot
            case nodes.Variable():
                value = scope.get(operand.name, ANYTHING)
            case nodes.Parenthesis():
                line = self._line
                value = self._value(operand.pipe, dot, scope)
                self._line = line
            case nodes.Call():
                function = {**BUILTINS, **self._dialect.functions}[operand.name]
                value = self._called(operand.name, function, [])
        fields = () if isinstance(operand, nodes.Constant) else operand.fields
        for position, name in enumerate(fields):
            value = self._field(value, name, given if position == len(fields) - 1 else ())
        if given and not fields and value.known:
            self._fault(f"{value.name} takes no arguments: remove them")
        return value

    def _field(self, value: Shape, name: str, given: Sequence[Shape]) -> Shape:
        if not value.known:
            return ANYTHING
        found = value.fields.get(name, value.entry)
        if found is None:
            names = value.fields
            which = remedy(name, names) if names else "remove it"
            self._fault(f"{value.name} has no field {name}: {which}")
            return ANYTHING
        if isinstance(found, Function):
            return self._called(name, found, given)
        if given:
            self._fault(f"{name} takes no arguments: remove them")
        return found
