"""Problems in hand-written files, each with its file, path, value and remedy."""

import json
from collections.abc import Callable, Mapping
from typing import TypeVar

from pydantic import TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

T = TypeVar("T")

_LONGEST_VALUE = 80  # characters of a refused value in a message

# Pydantic's names of what can be wrong, and what a person reads.
_REASONS: Mapping[str, str] = {
    "bool_type": "not a boolean: write true or false, without quotes",
    "date_from_datetime_parsing": "not a date: write YYYY-MM-DD",
    "date_parsing": "not a date: write YYYY-MM-DD",
    "date_type": "not a date: write YYYY-MM-DD, in quotes",
    "dict_type": "not a map: write keys with values",
    "extra_forbidden": "unknown key: remove it or correct its name",
    "finite_number": "not a finite number: write one",
    "float_type": "not a number: write one, without quotes",
    "greater_than": "too small: use more than {gt}",
    "greater_than_equal": "too small: use at least {ge}",
    "int_from_float": "not a whole number: write one",
    "int_type": "not a whole number: write one, without quotes",
    "less_than_equal": "too large: use at most {le}",
    "list_type": "not a list: write one",
    "literal_error": "unknown value: use {expected}",
    "mapping_type": "not a map: write keys with values",
    "model_attributes_type": "not a map: write keys with values",
    "model_type": "not a map: write keys with values",
    "string_pattern_mismatch": "not of the form {pattern}: correct it",
    "string_too_long": "too long: use at most {max_length} characters",
    "string_too_short": "too short: use at least {min_length} characters",
    "string_type": "not a text: write one, in quotes if it looks like a number or a boolean",
    "too_long": "too many items: use at most {max_length}",
    "too_short": "too few items: use at least {min_length}",
    "tuple_type": "not a list: write one",
    "union_tag_invalid": "unknown {discriminator}: use one of {expected_tags}",
    "union_tag_not_found": "{discriminator} is missing: add it",
}


class InvalidFilesError(ValueError):
    """The message lists every problem: file, path, value, remedy."""


class Problems:
    """All problems found so far, by file."""

    def __init__(self) -> None:
        """Start without problems."""
        self.by_file: dict[str, list[str]] = {}

    def add(self, file: str, message: str) -> None:
        """Record one problem of *file*."""
        self.by_file.setdefault(file, []).append(message)

    def check(
        self,
        model: TypeAdapter[T],
        data: object,
        file: str,
        *,
        context: object = None,
        at: str = "",
    ) -> T | None:
        """
        Validate *data*, which is in *file* under the path *at*.

        Returns:
            The model, or None if *data* is not valid; its problems are then recorded.
        """
        try:
            # As JSON, because pydantic then takes a list for a tuple and yet converts nothing else.
            text = json.dumps(data, allow_nan=False)
            return model.validate_json(text, strict=True, context=context)
        except ValidationError as error:
            for problem in error.errors(include_url=False):
                self.add(file, message(at, problem))
            return None

    def report(self) -> str:
        """Return all problems, grouped by file, one line each."""
        return "\n".join(
            line
            for file, messages in self.by_file.items()
            for line in (f"{file} is not valid:", *(f"  {message}" for message in messages))
        )


def load(read: Callable[[Problems], T]) -> T:
    """
    Return what *read* returns.

    Raises:
        InvalidFilesError: *read* recorded a problem.
    """
    found = Problems()
    content = read(found)
    if found.by_file:
        raise InvalidFilesError(found.report())
    return content


def message(at: str, problem: ErrorDetails) -> str:
    """Return one line: the path below *at*, what is wrong, the remedy, the value."""
    path = ".".join(str(part) for part in (at, *problem["loc"]) if part != "") or "(whole file)"
    if problem["type"] == "missing":
        return f"{path}: missing: add it"
    return f"{path}: {_reason(problem)} (got {_shortened(repr(problem['input']))})"


def _reason(problem: ErrorDetails) -> str:
    context = problem.get("ctx", {})
    if problem["type"] in _REASONS:
        return _REASONS[problem["type"]].format(**context)
    if problem["type"] == "value_error":
        return str(context["error"])
    return f"{problem['msg']}: correct it"


def _shortened(text: str) -> str:
    return text if len(text) <= _LONGEST_VALUE else f"{text[:_LONGEST_VALUE]}…"
