"""The tokens of Go's `text/template`."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

Kind = Literal[
    "text",
    "left delimiter",
    "right delimiter",
    "space",
    "keyword",
    "identifier",
    "field",
    "variable",
    "dot",
    "nil",
    "boolean",
    "number",
    "string",
    "character constant",
    ":=",
    "=",
    "|",
    "(",
    ")",
    "character",
    "end of text",
]

_KEYWORDS = {"block", "break", "continue", "define", "else", "end", "if", "range"}
_KEYWORDS |= {"template", "with"}
_SPACES = " \t\r\n"

_LEFT_TRIM = re.compile(r"\{\{-[ \t\r\n]")
_RIGHT_DELIMITER = re.compile(r"([ \t\r\n]-)?\}\}")
_COMMENT = re.compile(r"\{\{(?:-[ \t\r\n])?/\*")
_SPACE = re.compile(r"[ \t\r\n]+")
_WORD = re.compile(r"\w+")
_QUOTED = re.compile(r'"(?:\\[^\n]|[^"\\\n])*"')
_RAW = re.compile(r"`[^`]*`")
_CHARACTER = re.compile(r"'(?:\\[^\n]|[^'\\\n])*'")
_QUOTES = {'"': _QUOTED, "`": _RAW, "'": _CHARACTER}
_SYMBOLS: Mapping[str, Kind] = {"=": "=", "|": "|"}
_NAME = re.compile(r"[.$]\w*")
_NUMBER = re.compile(r"[+-]?(?:0[xXoObB])?[\w.]*(?:(?<=[eEpP])[+-]\w*)?")
_TERMINATOR = re.compile(r"[ \t\r\n.,|:()]|\}\}|\Z")


class TemplateError(ValueError):
    """A text that Go's parser refuses."""

    def __init__(self, line: int, reason: str) -> None:
        """Describe what is wrong in *line*."""
        super().__init__(f"line {line}: {reason}" if line > 1 else reason)


@dataclass(frozen=True)
class Token:
    """One token and the line on which it starts."""

    kind: Kind
    text: str
    line: int

    def __str__(self) -> str:
        """Return the token as an error message names it."""
        return self.kind if self.kind in {"end of text", "space"} else repr(self.text)


def tokens(text: str) -> Iterator[Token]:
    """
    Yield the tokens of *text*, which ends with the token `end of text`.

    Raises:
        TemplateError: An action contains something that is no token.
    """
    return _Lexer(text).tokens()


class _Lexer:
    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._depth = 0

    def tokens(self) -> Iterator[Token]:
        while self._at < len(self._text):
            if comment := _COMMENT.match(self._text, self._at):
                self._skip_comment(comment.end())
            elif self._text.startswith("{{", self._at):
                yield from self._action()
            else:
                yield from self._plain_text()
        yield Token("end of text", "", self._line())

    def _line(self) -> int:
        return self._text.count("\n", 0, self._at) + 1

    def _error(self, reason: str) -> TemplateError:
        return TemplateError(self._line(), reason)

    def _plain_text(self) -> Iterator[Token]:
        found = self._text.find("{{", self._at)
        end = len(self._text) if found < 0 else found
        text = self._text[self._at : end]
        if _LEFT_TRIM.match(self._text, end):
            text = text.rstrip(_SPACES)
        if text:
            yield Token("text", text, self._line())
        self._at = end

    def _skip_comment(self, start: int) -> None:
        end = self._text.find("*/", start)
        if end < 0:
            raise self._error("the comment has no end: add */}}")
        right = _RIGHT_DELIMITER.match(self._text, end + 2)
        if right is None:
            raise self._error("a comment fills its action: write }} directly after */")
        self._after_right_delimiter(right)

    def _action(self) -> Iterator[Token]:
        start = self._line()
        yield Token("left delimiter", "{{", start)
        trimmed = _LEFT_TRIM.match(self._text, self._at)
        self._at += 3 if trimmed else 2
        self._depth = 0
        while self._at < len(self._text):
            right = _RIGHT_DELIMITER.match(self._text, self._at)
            if right:
                if self._depth:
                    raise self._error("a parenthesis is open at the end of the action: close it")
                yield Token("right delimiter", "}}", self._line())
                self._after_right_delimiter(right)
                return
            token = self._token()
            yield token
            self._at += len(token.text)
        raise TemplateError(start, "the action has no end: add }}")

    def _after_right_delimiter(self, right: re.Match[str]) -> None:
        self._at = right.end()
        if right[1]:
            spaces = _SPACE.match(self._text, self._at)
            self._at = spaces.end() if spaces else self._at

    def _token(self) -> Token:
        """Return the token at the current position of an action."""
        rest, at, line = self._text, self._at, self._line()
        character = rest[at]
        if space := _SPACE.match(rest, at):
            return self._space(space.end(), line)
        if character in _SYMBOLS:
            return Token(_SYMBOLS[character], character, line)
        if character in _QUOTES:
            return self._quoted(character, line)
        if character in {"(", ")"}:
            return self._parenthesis("(" if character == "(" else ")", line)
        if character == "$" or (character == "." and not rest[at + 1 : at + 2].isdigit()):
            return self._name(line)
        return self._number_or_word(character, line)

    def _space(self, end: int, line: int) -> Token:
        if self._text.startswith("-}}", end) and end - self._at > 1:
            end -= 1  # the last space belongs to the right delimiter
        return Token("space", self._text[self._at : end], line)

    def _number_or_word(self, character: str, line: int) -> Token:
        if self._text.startswith(":=", self._at):
            return Token(":=", ":=", line)
        if character == ":":
            raise self._error("a colon alone: write := to declare a variable")
        if character in "+-." or character.isdigit():
            return self._number(line)
        if word := _WORD.match(self._text, self._at):
            return self._word(word[0], line)
        if character.isascii() and character.isprintable():
            return Token("character", character, line)
        raise self._error(f"unknown character {character!r}: remove it")

    def _parenthesis(self, character: Literal["(", ")"], line: int) -> Token:
        self._depth += 1 if character == "(" else -1
        if self._depth < 0:
            raise self._error("a closing parenthesis too many: remove it")
        return Token(character, character, line)

    def _quoted(self, quote: str, line: int) -> Token:
        found = _QUOTES[quote].match(self._text, self._at)
        if found is None:
            raise self._error(f"a text has no end: add {quote}")
        return Token("character constant" if quote == "'" else "string", found[0], line)

    def _name(self, line: int) -> Token:
        found = _NAME.match(self._text, self._at)
        name = found[0] if found else ""
        self._check_end_of(name)
        if name == ".":
            return Token("dot", name, line)
        return Token("variable" if name[0] == "$" else "field", name, line)

    def _number(self, line: int) -> Token:
        found = _NUMBER.match(self._text, self._at)
        number = found[0] if found else ""
        if not number or self._text[self._at + len(number) :][:1] in {"+", "-"}:
            raise self._error(f"{number!r} is no number: correct it")
        return Token("number", number, line)

    def _word(self, word: str, line: int) -> Token:
        self._check_end_of(word)
        if word in _KEYWORDS:
            return Token("keyword", word, line)
        if word in {"true", "false"}:
            return Token("boolean", word, line)
        return Token("nil" if word == "nil" else "identifier", word, line)

    def _check_end_of(self, name: str) -> None:
        end = self._at + len(name)
        if not _TERMINATOR.match(self._text, end):
            raise self._error(
                f"unexpected character {self._text[end]!r} after {name}: separate them by a space"
            )
