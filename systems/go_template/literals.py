"""The literals of Go: what its `strconv` accepts."""

import math
import re

_ESCAPES = {"a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v", "\\": "\\"}
_CODES = {"x": 2, "u": 4, "U": 8}
_ESCAPE = re.compile(r"\\(x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|[0-7]{3}|.)", re.DOTALL)
_INTEGER = re.compile(r"[+-]?(0[xX][0-9a-f_A-F]+|0[oO][0-7_]+|0[bB][01_]+|[0-9][0-9_]*)")
_FLOAT = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?")
_LARGEST_INTEGER = 2**64 - 1
_LARGEST_BYTE = 0xFF
_LARGEST_RUNE = 0x10FFFF
_SURROGATES = range(0xD800, 0xE000)


def unquoted(literal: str) -> str:
    """
    Return the text of a string literal or a character constant.

    Raises:
        ValueError: Go would refuse the literal.
    """
    quote, body = literal[0], literal[1:-1]
    if quote == "`":
        return body
    text = _ESCAPE.sub(lambda escape: _escaped(escape[1], quote), body)
    if quote == "'" and len(text) != 1:
        raise ValueError(f"{literal} is not one character: write one")
    return text


def is_whole(literal: str) -> bool:
    """
    Return whether a real number is a whole one in Go, which compares it with no other kind.

    Raises:
        ValueError: Go would refuse the literal, or it is imaginary.
    """
    if _INTEGER.fullmatch(literal) and _separators_are_right(literal):
        digits = literal.lower().lstrip("+-")
        if digits.isdigit():
            if int(digits) <= _LARGEST_INTEGER:
                return True
        elif int(digits, 0) <= _LARGEST_INTEGER:
            return True
    elif _FLOAT.fullmatch(literal) and math.isfinite(float(literal)):
        return False
    raise ValueError(f"{literal!r} is no number: correct it")


def _separators_are_right(literal: str) -> bool:
    """Return whether each `_` separates two digits, or a prefix and a digit."""
    return "__" not in literal and not literal.endswith("_")


def _escaped(escape: str, quote: str) -> str:
    kind = escape[0]
    if kind in _CODES and len(escape) > 1:
        code = int(escape[1:], 16)
        if code > _LARGEST_RUNE or code in _SURROGATES:
            raise ValueError(f"\\{escape} is no character: correct it")
        return chr(code)
    if len(escape) > 1:
        code = int(escape, 8)
        if code > _LARGEST_BYTE:
            raise ValueError(f"\\{escape} is no byte: correct it")
        return chr(code)
    if escape == quote:
        return quote
    if escape not in _ESCAPES:
        raise ValueError(f"unknown escape \\{escape}: write \\\\{escape} for a backslash")
    return _ESCAPES[escape]
