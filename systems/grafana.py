"""What Grafana 11 accepts as a dashboard and as a folder."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

Fault = tuple[str, str]  # a path in the dashboard, and what is wrong there

_UID = re.compile(r"[a-zA-Z0-9_-]{1,40}")
_ROOT = "general"  # Grafana's uid and title of the root folder
LONGEST_TITLE = 189
# What an export for another Grafana leaves open; the API does not fill it in.
_OPEN_IN_EXPORTS = ("__inputs", "__elements")
_REFERENCE = re.compile(r"\$\{(?P<braces>\w+)(:\w+)?\}|\$(?P<bare>\w+)")
_REFRESH = re.compile(r"([0-9]+)(ms|s|m|h|d|w|M|y)", re.ASCII)
_SHORTEST_REFRESH_SECONDS = 5
_SECONDS = {"ms": 0.001, "s": 1, "m": 60, "h": 3600}
_NO_REFRESH = (None, False, "", "auto")


def check_uid(uid: str) -> str:
    """
    Return *uid* if a dashboard or folder may have it.

    Raises:
        ValueError: Grafana refuses it.
    """
    if not _UID.fullmatch(uid):
        raise ValueError("use 1 to 40 letters, digits, `_` and `-`")
    if uid == _ROOT:
        raise ValueError("is Grafana's name for the root: use another one")
    return uid


def check_title(title: str) -> str:
    """
    Return *title* if a dashboard or folder may have it.

    Raises:
        ValueError: Grafana refuses it.
    """
    if not title.strip():
        raise ValueError("is empty: write a title")
    if len(title) > LONGEST_TITLE:
        raise ValueError(f"is longer than {LONGEST_TITLE} characters: shorten it")
    if title.strip().lower() == _ROOT:
        raise ValueError("is Grafana's name for the root: use another one")
    return title


def panels(model: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield the path of every panel of *model* and the panel, also of those inside of rows."""
    for key in ("panels", "rows"):
        for index, panel in enumerate(_items(model.get(key))):
            if isinstance(panel, Mapping):
                path = f"{key}.{index}"
                if key == "panels":
                    yield path, panel
                yield from ((f"{path}.{inner}", nested) for inner, nested in panels(panel))


def faults(model: Mapping[str, Any]) -> list[Fault]:
    """Return what Grafana or its provider refuses in the dashboard *model*, or cannot resolve."""
    try:
        return [
            *_export_faults(model),
            *_top_faults(model),
            *_shape_faults(model),
            *_data_source_faults(model),
        ]
    except RecursionError:
        return [("panels", "too many nested levels: flatten them")]


def _export_faults(model: Mapping[str, Any]) -> Iterator[Fault]:
    for key in _OPEN_IN_EXPORTS:
        if model.get(key):
            reason = (
                "an export for sharing, which Grafana does not fill in: export it again without"
            )
            yield key, f"{reason} `Export for sharing externally`"


def _top_faults(model: Mapping[str, Any]) -> Iterator[Fault]:
    for key, check in {"uid": check_uid, "title": check_title}.items():
        value = model.get(key)
        if value is None:
            yield key, "missing: add it"
            continue
        if not isinstance(value, str):
            yield key, f"not a text: write one (got {value!r})"
            continue
        try:
            check(value)
        except ValueError as error:
            yield key, f"{error} (got {value!r})"
    refresh = model.get("refresh")
    if refresh not in _NO_REFRESH and not _is_slow_enough(refresh):
        least = f"a duration of at least {_SHORTEST_REFRESH_SECONDS} seconds"
        yield "refresh", f'Grafana takes {least}: write "5s" or more (got {refresh!r})'


def _is_slow_enough(refresh: object) -> bool:
    found = _REFRESH.fullmatch(refresh) if isinstance(refresh, str) else None
    if found is None:
        return False
    return int(found[1][:9]) * _SECONDS.get(found[2], 86400) >= _SHORTEST_REFRESH_SECONDS


def _shape_faults(model: Mapping[str, Any], path: str = "") -> Iterator[Fault]:
    """Yield where a list or an object is missing; the released provider ends at such a panel."""
    for key in ("panels", "rows", "links"):
        value = model.get(key)
        if value is None:
            continue
        if not isinstance(value, list):
            yield f"{path}{key}", f"not a list: write one (got {value!r:.80})"
            continue
        for index, item in enumerate(value):
            if not isinstance(item, Mapping):
                yield f"{path}{key}.{index}", f"not an object: remove it (got {item!r})"
            elif key == "links" and not isinstance(item.get("url"), str | None):
                yield f"{path}links.{index}.url", f"not a text: write one (got {item['url']!r})"
            elif key != "links":
                yield from _shape_faults(item, f"{path}{key}.{index}.")


def _data_source_faults(model: Mapping[str, Any]) -> Iterator[Fault]:
    templating = model.get("templating")
    listed = templating.get("list") if isinstance(templating, Mapping) else None
    declared = [item.get("name") for item in _items(listed) if isinstance(item, Mapping)]
    for path, source in _data_sources(model, ""):
        for found in _REFERENCE.finditer(source):
            name = found["braces"] or found["bare"]
            if name not in declared and not name.startswith("__"):
                yield path, f"no variable {name} is declared: add it to templating (got {source!r})"


def _data_sources(value: object, path: str) -> Iterator[tuple[str, str]]:
    """Yield every reference to a data source, by name or by uid, wherever it is."""
    if isinstance(value, Mapping):
        for key, inner in value.items():
            place = f"{path}.{key}" if path else str(key)
            if key != "datasource":
                yield from _data_sources(inner, place)
            elif isinstance(inner, str):
                yield place, inner
            elif isinstance(inner, Mapping) and isinstance(inner.get("uid"), str):
                yield f"{place}.uid", inner["uid"]
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _data_sources(inner, f"{path}.{index}")


def _items(value: object) -> Sequence[Any]:
    return value if isinstance(value, list) else ()


def links(panel: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Yield the links of *panel* that lead to an address."""
    for link in _items(panel.get("links")):
        if isinstance(link, Mapping) and isinstance(link.get("url"), str) and link["url"]:
            yield link
