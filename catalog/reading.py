"""The only functions that open a data file: UTF-8, no duplicate keys, no exceptions."""

import json
import math
from collections.abc import Collection, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import TypeAdapter

from catalog.problems import Problems
from catalog.yaml_values import values

T = TypeVar("T")

_BYTE_ORDER_MARKS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")
_CONTROLS = {*map(chr, range(0x20)), "\x7f", *map(chr, range(0x80, 0xA0))} - {"\t", "\n", "\x85"}
# Nothing that a person writes is larger; a larger file only makes every preview slow.
_MOST_BYTES = 4 * 1024**2
_MOST_LEVELS = 100  # of lists and maps in each other


def file_name(path: Path) -> str:
    """Return the name of a data file as messages print it: folder and file."""
    return f"{path.parent.name}/{path.name}"


def files_of(
    folder: Path, suffix: str, found: Problems, others: Collection[str] = ()
) -> Sequence[Path]:
    """
    Return the files of *folder* whose names end in *suffix*, sorted.

    Everything else in the folder is a problem, because nothing reads it.

    Args:
        folder: A folder of data files.
        suffix: What the names of its files end in.
        found: Collects the problems.
        others: Names that may be there, too.
    """
    if not folder.is_dir():
        found.add(folder.name, "not a folder: create it")
        return []
    files: list[Path] = []
    for path in sorted(folder.iterdir()):
        if path.name in others:
            continue
        if not path.is_file():
            kind = "a folder" if path.is_dir() else "no file"
            found.add(file_name(path), f"is {kind}, and nothing reads it: move its files or it")
        elif not path.name.endswith(suffix) or path.name == suffix:
            found.add(
                file_name(path),
                f"nothing reads it: give it a name that ends in {suffix}, or remove it",
            )
        else:
            files.append(path)
    return files


def read_text(path: Path, found: Problems) -> str | None:
    """Return the text of *path*, or None with a problem recorded."""
    name = file_name(path)
    try:
        if path.exists() and not path.is_file():
            found.add(name, "is no file: replace it by one")
            return None
        content = path.read_bytes()
    except OSError as error:
        found.add(name, f"cannot be read ({error.strerror}): create it")
        return None
    return _decoded(content, name, found)


def read_yaml(path: Path, found: Problems) -> Any:  # noqa: ANN401 - a model validates it next
    """Return the content of the YAML file *path*, or None with a problem recorded."""
    text = read_text(path, found)
    if text is None:
        return None
    try:
        content, problems = _content(text)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        found.add(file_name(path), f"not valid YAML: {_one_line(error)}: correct it")
        return None
    for problem in problems:
        found.add(file_name(path), problem)
    if problems:
        return None
    if content is None:
        found.add(file_name(path), "empty: add its content")
    return content


@lru_cache(maxsize=64)  # every stack has the same files
def _content(text: str) -> tuple[Any, Sequence[str]]:
    problems: list[str] = []
    return values(text, problems.append), problems


def read_model(
    model: TypeAdapter[T], path: Path, found: Problems, context: object = None
) -> T | None:
    """Return the content of the YAML file *path* as *model*, or None with problems recorded."""
    content = read_yaml(path, found)
    if content is None:
        return None
    return found.check(model, content, file_name(path), context=context)


def parse_json(text: str, file: str, found: Problems) -> Any:  # noqa: ANN401 - a model validates it next
    """Return the content of *text*, the text of *file*, or None with a problem recorded."""
    try:
        return strict_json(text)
    except (ValueError, RecursionError) as error:
        found.add(file, f"not valid JSON: {_one_line(error)}: correct it")
        return None


def strict_json(text: str) -> Any:  # noqa: ANN401 - JSON can hold any type
    """
    Return the content of the JSON document *text*.

    Raises:
        ValueError: It is not JSON, or has a duplicate key, no finite number or half a character.
        RecursionError: It has too many nested levels.
    """
    content = json.loads(
        text,
        object_pairs_hook=_without_duplicates,
        parse_constant=_no_number,
        parse_float=_finite,
    )
    _check_depth(content)
    if "\\u0000" in text:
        raise ValueError("the character U+0000, which no system here stores")
    if "\\u" in text:
        json.dumps(content, ensure_ascii=False).encode()  # half a surrogate pair is no character
    return content


def _decoded(content: bytes, name: str, found: Problems) -> str | None:
    if len(content) > _MOST_BYTES:
        found.add(name, f"has more than {_MOST_BYTES:,} bytes: split it")
        return None
    if content.startswith(_BYTE_ORDER_MARKS):
        found.add(name, "starts with a byte order mark: save the file as UTF-8 without one")
        return None
    try:
        text = content.decode("utf-8").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        found.add(name, f"line {line} is not UTF-8: save the file as UTF-8")
        return None
    controls = _CONTROLS.intersection(text)
    if controls:
        first = min(text.index(control) for control in controls)
        line = text.count("\n", 0, first) + 1
        found.add(name, f"line {line} has the control character {text[first]!r}: remove it")
        return None
    return text


def _without_duplicates(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    content = dict(pairs)
    if len(content) < len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise ValueError(f"duplicate key {twice!r}")
    return content


def _check_depth(content: object) -> None:
    level: list[object] = [content]
    for _ in range(_MOST_LEVELS):
        level = [
            item
            for value in level
            if isinstance(value, (dict, list))
            for item in (value.values() if isinstance(value, dict) else value)
        ]
    if level:
        raise RecursionError


def _no_number(constant: str) -> float:
    raise ValueError(f"{constant} is no number in JSON")


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(f"{text} is too large")
    return number


def _one_line(error: Exception) -> str:
    if isinstance(error, RecursionError):
        return "too many nested levels"
    if isinstance(error, UnicodeEncodeError):
        return "half of a surrogate pair is no character"
    return " ".join(str(error).replace('in "<unicode string>", ', "at ").split())
