"""How the engine writes secrets, unknown values, its own keys and types, paths, and errors."""

import re
from collections.abc import Mapping
from typing import Any

SECRET = "[secret]"  # noqa: S105 - in what it prints
SIGNATURE = "4dabf18193072939515e22adb298388d"  # the key that marks a secret in what it stores
UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
PROVIDER = "pulumi:providers:"  # the beginning of the type of a provider
OF_THE_ENGINE = "__"  # the beginning of keys such as `__defaults`

# The engine reports a provider's error again in these words, or adds them, and not always.
_REPEATED = re.compile(
    r"(error: )?([Pp]review failed|update failed|refreshing urn:|Resource monitor has terminated)"
)
_PART = re.compile(r'([^.\[\]]+)|\[(\d+)\]|\["((?:[^"\\]|\\.)*)"\]')


def errors(document: Mapping[str, Any]) -> list[str]:
    """Return the errors among the diagnostics of *document*, without the engine's repetitions."""
    found = [one["message"] for one in document["diagnostics"] if one["severity"] == "error"]
    return [one for one in found if not _REPEATED.match(one)] or found[:1]


def value_at(properties: object, path: str) -> object:
    """Return the value at a path of the engine, such as `rules[0].labels["a.b"]`, or None."""
    for name, index, quoted in _PART.findall(path):
        if isinstance(properties, list) and index and int(index) < len(properties):
            properties = properties[int(index)]
        elif isinstance(properties, Mapping):
            properties = properties.get(name or quoted.replace('\\"', '"'))
        else:
            return None
    return properties
