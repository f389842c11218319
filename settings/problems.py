"""What is wrong with the files that people write: all of it, each with its place and remedy."""

from typing import TypeVar

from pydantic import TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

T = TypeVar("T")


class InvalidSettingsError(ValueError):
    """The message names every problem: file, path, value, remedy."""


class Problems:
    """Everything found wrong so far, by file."""

    def __init__(self) -> None:
        """Start with nothing found."""
        self.by_file: dict[str, list[str]] = {}

    def add(self, file: str, sentence: str) -> None:
        """Note one problem of *file*."""
        self.by_file.setdefault(file, []).append(sentence)

    def check(
        self,
        model: TypeAdapter[T],
        data: object,
        file: str,
        *,
        context: object = None,
        at: str = "",
    ) -> T | None:
        """Validate *data*, found in *file* under the path *at*; give nothing if it is not valid."""
        try:
            return model.validate_python(data, context=context)
        except ValidationError as error:
            for problem in error.errors(include_url=False):
                self.add(file, sentence(at, problem))
            return None

    def told(self) -> str:
        """Give the whole report."""
        return "\n".join(
            line
            for file, sentences in self.by_file.items()
            for line in (f"{file} is not valid:", *(f"  {sentence}" for sentence in sentences))
        )


def sentence(at: str, problem: ErrorDetails) -> str:
    """Say what is wrong at which path, what was given, and what to do."""
    path = ".".join(str(part) for part in (at, *problem["loc"]) if part != "") or "(whole file)"
    match problem["type"]:
        case "missing":
            return f"{path}: missing: add it"
        case "extra_forbidden":
            return f"{path}: unknown key: remove it or correct its name (got {problem['input']!r})"
        case "value_error":
            return f"{path}: {problem['ctx']['error']} (got {problem['input']!r})"
    return f"{path}: {problem['msg']} (got {problem['input']!r})"
