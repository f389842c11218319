"""The expressions in the actions of a template: pipelines, commands and operands."""

import difflib
from collections.abc import Callable, Collection
from dataclasses import replace
from typing import Final, TypeVar

from systems.go_template import nodes
from systems.go_template.literals import is_whole, unquoted
from systems.go_template.tokens import Kind, TemplateError, Token, tokens

_T = TypeVar("_T")

_OPERANDS: Final[Collection[Kind]] = {
    "boolean",
    "character constant",
    "dot",
    "field",
    "identifier",
    "number",
    "nil",
    "string",
    "variable",
    "(",
}


def remedy(wrong: str, known: Collection[str]) -> str:
    """Return the known name that is most similar to *wrong*, or all of them, as a remedy."""
    similar = difflib.get_close_matches(wrong, known, n=1)
    return f"use {similar[0]}" if similar else f"use one of {', '.join(sorted(known))}"


def unexpected(token: Token, context: str) -> TemplateError:
    """Return the error for a token that has no place in *context*."""
    return TemplateError(token.line, f"unexpected {token} in {context}: correct it")


class Expressions:
    """A position in the tokens of a text, and the parser of expressions there."""

    def __init__(self, text: str, functions: Collection[str], variables: Collection[str]) -> None:
        """Start before the first token of *text*."""
        self.tokens = list(tokens(text))
        self.at = 0
        self._functions = functions
        self.variables = ["$", *variables]

    def peek(self, *, skip_space: bool = True) -> Token:
        while skip_space and self.tokens[self.at].kind == "space":
            self.at += 1
        return self.tokens[self.at]

    def next(self) -> Token:
        token = self.peek()
        self.at += 1
        return token

    def expect(self, kind: Kind, context: str) -> Token:
        token = self.next()
        if token.kind != kind:
            raise unexpected(token, context)
        return token

    def pipe(self, context: str, end: Kind) -> nodes.Pipe:
        line = self.peek().line
        variables, declares = self._declarations(context)
        commands: list[nodes.Command] = []
        while self.peek().kind != end:
            if self.peek().kind not in _OPERANDS:
                raise unexpected(self.next(), context)
            commands.append(self._command())
        self.next()
        if not commands:
            raise TemplateError(line, f"a value is missing in {context}: add it")
        if any(isinstance(c.operands[0], nodes.Constant) or _is_dot(c) for c in commands[1:]):
            raise TemplateError(line, "a value after | is no function: name one")
        return nodes.Pipe(line, variables, declares, tuple(commands))

    def _declarations(self, context: str) -> tuple[tuple[str, ...], bool]:
        names: list[str] = []
        start = self.at
        while self.peek().kind == "variable":
            name = self.next()
            after = self.peek()
            names.append(name.text)
            if after.kind in {":=", "="}:
                self.next()
                if after.kind == "=":
                    for known in names:
                        self._check_variable(known, after.line)
                self.variables += names
                return tuple(names), after.kind == ":="
            if (after.kind, after.text) != ("character", ","):
                break
            if context != "range" or len(names) > 1:
                raise TemplateError(after.line, f"too many variables in {context}: use one")
            self.next()
        self.at = start
        return (), False

    def _command(self) -> nodes.Command:
        operands: list[nodes.Operand] = []
        while True:
            self.peek()
            if self.peek().kind in _OPERANDS:
                operands.append(self._operand())
            token = self.peek(skip_space=False)
            if token.kind == "space":
                self.at += 1
                continue
            if token.kind == "|":
                self.at += 1
            elif token.kind not in {"right delimiter", ")"}:
                raise unexpected(token, "an operand")
            break
        if not operands:
            raise TemplateError(token.line, "a command is empty: add a value")
        return nodes.Command(tuple(operands))

    def _operand(self) -> nodes.Operand:
        token, term = self.peek(), self._term()
        fields = list(term.fields) if not isinstance(term, nodes.Constant) else []
        while (field := self.peek(skip_space=False)).kind == "field":
            if isinstance(term, nodes.Constant) or token.kind == "dot":
                raise TemplateError(field.line, f"{token} has no fields: remove {field.text}")
            self.at += 1
            fields.append(field.text[1:])
        return term if isinstance(term, nodes.Constant) else replace(term, fields=tuple(fields))

    def _term(self) -> nodes.Operand:
        token = self.next()
        match token.kind:
            case "identifier":
                if token.text not in self._functions:
                    raise TemplateError(
                        token.line,
                        f"unknown function {token.text}: {remedy(token.text, self._functions)}",
                    )
                return nodes.Call(token.text)
            case "variable":
                self._check_variable(token.text, token.line)
                return nodes.Variable(token.text)
            case "dot":
                return nodes.Dot()
            case "field":
                return nodes.Dot((token.text[1:],))
            case "(":
                return nodes.Parenthesis(self.pipe("parentheses", ")"))
        return _constant(token)

    def _check_variable(self, name: str, line: int) -> None:
        if name not in self.variables:
            raise TemplateError(line, f"unknown variable {name}: {remedy(name, self.variables)}")


def _constant(token: Token) -> nodes.Constant:
    match token.kind:
        case "string":
            return nodes.Constant("text", text_of(token))
        case "character constant":
            return nodes.Constant("whole number", text_of(token))
        case "number":
            whole = _read(token, is_whole)
            return nodes.Constant("whole number" if whole else "number", token.text)
        case "boolean":
            return nodes.Constant("boolean", token.text)
    return nodes.Constant("nothing", token.text)


def _read(token: Token, read: Callable[[str], _T]) -> _T:
    try:
        return read(token.text)
    except ValueError as error:
        raise TemplateError(token.line, str(error)) from None


def _is_dot(command: nodes.Command) -> bool:
    return command.operands[0] == nodes.Dot()


def text_of(token: Token) -> str:
    """Return the text of a string or character constant."""
    return _read(token, unquoted)
