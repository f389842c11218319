"""A call of a method: its token, its arguments, its page."""

import base64
import binascii
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import parse_qsl

from starlette.requests import Request

from sandbox.simulators.slack.answers import Json, failed, invalid_arguments

T = TypeVar("T")

_FORM = "application/x-www-form-urlencoded"
_JSON = "application/json"
_MOST_PER_PAGE = 1000


@dataclass(frozen=True, kw_only=True)
class Call:
    """A call for the methods; *token* is the token as the workspace knows it."""

    token: Json
    arguments: Mapping[str, Any]

    @property
    def user(self) -> str:
        """Who calls."""
        return str(self.token["user"])

    def text(self, name: str) -> str:
        """Return a required argument."""
        found = self.arguments.get(name)
        if found is None or isinstance(found, dict | list):
            raise invalid_arguments(f"missing required field: {name}")
        return str(found)

    def flag(self, name: str) -> bool:
        """Return an optional Boolean: forms have it as text."""
        return str(self.arguments.get(name, "")).lower() in {"true", "1"}


def arguments(request: Request, body: bytes, *, takes_json: bool) -> dict[str, Any]:
    """Return the arguments of a request: of its query, and of its form or its JSON."""
    found: dict[str, Any] = dict(request.query_params)
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if request.method == "GET" or not body:
        return found
    if kind == _FORM:
        try:
            return found | dict(parse_qsl(body.decode(), keep_blank_values=True, errors="strict"))
        except ValueError:
            raise failed("invalid_form_data") from None
    if kind == _JSON:
        return found | (_document(body) if takes_json else {})  # a form only: JSON is ignored
    raise failed("invalid_post_type" if kind else "missing_post_type")


def _document(body: bytes) -> dict[str, Any]:
    try:
        document = json.loads(body)
    except ValueError:
        raise failed("invalid_json") from None
    if not isinstance(document, dict):
        raise failed("json_not_object")
    return document


def page(call: Call, found: list[T], default: int = 100) -> tuple[list[T], str]:
    """Return one page, and the cursor of the next one; it is empty at the end."""
    given = str(call.arguments.get("limit") or default)
    if not given.isdecimal() or not 0 < int(given) <= _MOST_PER_PAGE:
        raise failed("invalid_limit")
    start = _place(str(call.arguments.get("cursor") or ""))
    if start > len(found):
        raise failed("invalid_cursor")
    end = start + int(given)
    return found[start:end], _cursor(end) if end < len(found) else ""


def _cursor(place: int) -> str:
    return base64.b64encode(f"place:{place}".encode()).decode()


def _place(cursor: str) -> int:
    if not cursor:
        return 0
    try:
        kind, _, place = base64.b64decode(cursor, validate=True).decode().partition(":")
        if kind == "place":
            return int(place)
    except (binascii.Error, ValueError):
        pass
    raise failed("invalid_cursor")
