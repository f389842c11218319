"""Grafana's HTTP API."""

import base64
import os
from collections.abc import Mapping
from typing import Any

import requests

from clients import http
from clients.failures import NoAnswerError

_PERMISSIONS = "/api/access-control/user/permissions"


def permissions(url: str) -> Mapping[str, Any]:
    """
    Return the scopes of each action that the token of the environment permits.

    Raises:
        NoAnswerError: Grafana does not answer, or refuses.
    """
    who = f"Grafana at {url}"
    answer = http.get(who, f"{url}{_PERMISSIONS}", _headers())
    if answer.status_code == requests.codes.unauthorized:
        raise NoAnswerError(f"{who} refuses the token: set GRAFANA_AUTH to a valid one")
    if answer.status_code == requests.codes.not_found:
        raise NoAnswerError(f"{who} answers 404 at {_PERMISSIONS}: correct grafana.url")
    found: Mapping[str, Any] = http.json_of(who, answer)
    return found


def _headers() -> Mapping[str, str]:
    """Read GRAFANA_AUTH as the provider does: a token, or `user:password`."""
    given = os.environ.get("GRAFANA_AUTH", "")
    if ":" in given:
        return {"Authorization": f"Basic {base64.b64encode(given.encode()).decode()}"}
    return {"Authorization": f"Bearer {given}"} if given else {}
