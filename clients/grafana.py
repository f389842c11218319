"""Grafana's HTTP API."""

import base64
import itertools
import os
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote, urlencode

import requests

from clients import http
from clients.failures import NoAnswerError

_PAGE = 5000  # the most that a search returns
_PERMISSIONS = "/api/access-control/user/permissions"


def permissions(url: str) -> Mapping[str, Any]:
    """
    Return the scopes of each action that the token of the environment permits.

    Raises:
        NoAnswerError: Grafana does not answer, or refuses.
    """
    found: Mapping[str, Any] | None = _read(url, _PERMISSIONS)
    if found is None:
        raise NoAnswerError(f"Grafana at {url} answers 404 at {_PERMISSIONS}: correct grafana.url")
    return found


def has(url: str, collection: str, uid: str) -> bool:
    """
    Return whether *collection* (`folders` or `dashboards/uid`) has an object of this *uid*.

    Raises:
        NoAnswerError: Grafana does not answer, or refuses.
    """
    return _read(url, f"/api/{collection}/{quote(uid, safe='')}") is not None


def content(url: str, folder: str) -> Iterator[Mapping[str, Any]]:
    """
    Yield each dashboard and folder in the folder with the uid *folder*, at any depth.

    Raises:
        NoAnswerError: Grafana does not answer, refuses, or does not show the whole folder.
    """
    permitted = permissions(url)
    readable = {f"folders:uid:{folder}", "folders:*", "folders:uid:*", "*"}
    for action in ("dashboards:read", "folders:read"):
        # A search leaves out what the token may not read, without an error.
        if not readable.intersection(permitted.get(action) or ()):
            raise NoAnswerError(
                f"Grafana at {url}: the token in GRAFANA_AUTH lacks {action} on the folder "
                f"{folder}: give its service account the role Editor"
            )
    waiting = [folder]
    while waiting:
        inside = waiting.pop()
        for page in itertools.count(1):
            query = urlencode({"folderUIDs": inside, "limit": _PAGE, "page": page})
            found = _read(url, f"/api/search?{query}")
            if found is None:
                raise NoAnswerError(
                    f"Grafana at {url} answers 404 at /api/search: correct grafana.url"
                )
            yield from found
            waiting += [one["uid"] for one in found if one["type"] == "dash-folder"]
            if len(found) < _PAGE:
                break


def _read(url: str, path: str) -> Any:  # noqa: ANN401 - any JSON
    """Return the document at *path*, or None if Grafana answers 404."""
    who = f"Grafana at {url}"
    answer = http.get(who, f"{url}{path}", _headers())
    if answer.status_code == requests.codes.unauthorized:
        raise NoAnswerError(f"{who} refuses the token: set GRAFANA_AUTH to a valid one")
    if answer.status_code == requests.codes.not_found:
        return None
    return http.json_of(who, answer)


def _headers() -> Mapping[str, str]:
    """Read GRAFANA_AUTH as the provider does: a token, or `user:password`."""
    given = os.environ.get("GRAFANA_AUTH", "")
    if ":" in given:
        return {"Authorization": f"Basic {base64.b64encode(given.encode()).decode()}"}
    return {"Authorization": f"Bearer {given}"} if given else {}
