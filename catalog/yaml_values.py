"""
The values of a YAML file: the types of JSON only, and only what every YAML reader reads alike.

YAML 1.1 (PyYAML) and YAML 1.2 (Go, Prometheus, Pulumi) disagree about words such as `yes`, `0777`
or `1:30`. Both keep the last of two equal keys silently. None of that is a value here.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any

import yaml

_TAG = "tag:yaml.org,2002:"
# What both versions read as a number.
_WHOLE = re.compile(r"[-+]?(0|[1-9][0-9]*)", re.ASCII)
_DECIMAL = re.compile(r"[-+]?([0-9]+\.[0-9]*|\.[0-9]+)([eE][-+][0-9]+)?", re.ASCII)
# What YAML 1.2 alone reads as a number.
_NUMBER_OF_1_2 = re.compile(
    r"[-+]?([0-9]+(\.[0-9]*)?|\.[0-9]+)[eE][-+]?[0-9]+|0o[0-7]+|[-+]?0[0-9]+", re.ASCII
)
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_BOOLEANS = {"true": True, "false": False}
_LONGEST_NUMBER = 40  # digits; the longest that a system here takes has 20

Report = Callable[[str], None]


def values(text: str, report: Report) -> Any:  # noqa: ANN401 - a model validates it next
    """
    Return the content of the YAML document *text*; *report* takes each problem.

    Raises:
        yaml.YAMLError: The text is not YAML.
        RecursionError: It has too many nested levels.
    """
    node = yaml.compose(text, yaml.CSafeLoader)
    return None if node is None else _Values(report).value(node, "")


class _Values:
    def __init__(self, report: Report) -> None:
        self._report = report
        self._anchors: set[int] = set()

    def value(self, node: yaml.Node, path: str) -> Any:  # noqa: ANN401 - any type
        """Return the value of *node*, which is at *path*."""
        if id(node) in self._anchors and not _is_plain(node):
            self._refuse(node, path, "an alias of a map or a nested list", "write the value out")
            return None
        self._anchors.add(id(node))
        if isinstance(node, yaml.MappingNode) and node.tag == f"{_TAG}map":
            return self._mapping(node, path)
        if isinstance(node, yaml.SequenceNode) and node.tag == f"{_TAG}seq":
            return [self.value(item, f"{path}.{i}") for i, item in enumerate(node.value)]
        if isinstance(node, yaml.ScalarNode):
            return self._scalar(node, path)
        self._refuse(node, path, f"the tag {node.tag!r}", "remove it")
        return None

    def _mapping(self, node: yaml.MappingNode, path: str) -> Mapping[str, Any]:
        content: dict[str, Any] = {}
        lines: dict[str, int] = {}
        for key_node, value_node in node.value:
            if key_node.tag == f"{_TAG}merge":
                self._refuse(key_node, path, "the merge key '<<'", "write the keys out")
                continue
            key = self.value(key_node, path)
            if not isinstance(key, str):
                self._refuse(key_node, path, f"the key {key!r}, which is not a text", "quote it")
                continue
            place = f"{path}.{key}"
            if key in lines:
                line = key_node.start_mark.line + 1
                self._report(
                    f"not valid YAML: duplicate key {key!r} in line {line}, first in line "
                    f"{lines[key]}: correct it"
                )
            lines.setdefault(key, key_node.start_mark.line + 1)
            content[key] = self.value(value_node, place)
        return content

    def _scalar(self, node: yaml.ScalarNode, path: str) -> Any:  # noqa: ANN401 - any scalar
        text: str = node.value
        if _CONTROL.search(text):
            self._refuse(node, path, "a control character", "remove it")
            return None
        return self._resolved(node, path, text)

    def _resolved(self, node: yaml.ScalarNode, path: str, text: str) -> Any:  # noqa: ANN401 - any scalar
        is_plain = not node.style
        match node.tag.removeprefix(_TAG):
            case "str" if not (is_plain and _NUMBER_OF_1_2.fullmatch(text)):
                return text
            case "null":
                return None
            case "bool" if text.lower() in _BOOLEANS:
                return _BOOLEANS[text.lower()]
            case "int" if _WHOLE.fullmatch(text) and len(text) <= _LONGEST_NUMBER:
                return int(text)
            case "float" if _DECIMAL.fullmatch(text) and len(text) <= _LONGEST_NUMBER:
                number = float(text)
                if number not in {float("inf"), float("-inf")}:
                    return number
        self._refuse(
            node,
            path,
            f"{text[:_LONGEST_NUMBER]!r}, which YAML readers take differently",
            "put a text in quotes, write a number in decimal digits, and true or false in full",
        )
        return None

    def _refuse(self, node: yaml.Node, path: str, what: str, remedy: str) -> None:
        place = f"{path[1:] or '(whole file)'}: line {node.start_mark.line + 1} has"
        self._report(f"{place} {what}: {remedy}")


def _is_plain(node: yaml.Node) -> bool:
    """Return whether *node* is a scalar or a list of scalars, which an alias may repeat."""
    return isinstance(node, yaml.ScalarNode) or (
        isinstance(node, yaml.SequenceNode)
        and all(isinstance(item, yaml.ScalarNode) for item in node.value)
    )
