"""Whether a resource that exists is the one that was declared."""

import json
from collections.abc import Iterator, Mapping

from waqiti.notation import OF_THE_ENGINE, SIGNATURE, UNKNOWN

# Options of providers, which no system stores.
OPTIONS = ("deleteAllVersions", "disableRead", "preventDestroyIfNotEmpty")
_SET_BY_GRAFANA = ("id", "version")  # in the JSON text of a dashboard and of its panels


def differing(declared: Mapping[str, object], found: Mapping[str, object]) -> list[str]:
    """
    Return the keys of *declared* whose values *found* does not have.

    A system adds defaults, so only declared values count. Secrets cannot be compared.
    """
    return sorted(_keys(declared, found))


def _keys(declared: Mapping[str, object], found: Mapping[str, object]) -> Iterator[str]:
    for key, value in declared.items():
        if not (key.startswith(OF_THE_ENGINE) or key in OPTIONS or _has(found.get(key), value)):
            yield key


def _has(found: object, value: object) -> bool:
    if value is None or value == UNKNOWN or _is_secret(value) or _is_secret(found):
        return True
    if isinstance(value, Mapping):
        return isinstance(found, Mapping) and not list(_keys(value, found))
    if isinstance(value, list):
        return isinstance(found, list) and len(found) == len(value) and all(map(_has, found, value))
    return _text(found) == _text(value) or _has_document(found, value)


def _is_secret(value: object) -> bool:
    return isinstance(value, Mapping) and SIGNATURE in value


def _has_document(found: object, value: object) -> bool:
    """Compare two JSON texts, of which the provider rewrites one."""
    try:
        wanted, document = json.loads(str(value)), json.loads(str(found))
    except ValueError:
        return False
    return isinstance(wanted, dict) and _has(document, without_numbers(wanted))


def without_numbers(document: object) -> object:
    """Return a dashboard without what Grafana sets in it."""
    if isinstance(document, dict):
        kept = {key: value for key, value in document.items() if key not in _SET_BY_GRAFANA}
        return {key: without_numbers(value) for key, value in kept.items()}
    return list(map(without_numbers, document)) if isinstance(document, list) else document


def _text(value: object) -> str:
    """Return the same text for a number, however a provider writes it."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return str(value)
