"""A request: its body, its filters, its page."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from starlette.datastructures import Headers, QueryParams
from starlette.responses import JSONResponse, Response

from sandbox.simulators.pagerduty.answers import Json, invalid_input

Each = TypeVar("Each")

_DEFAULT_LIMIT = 25
_MOST_PER_PAGE = 100
_MOST_IN_ALL = 10_000


@dataclass(frozen=True, kw_only=True)
class Call:
    """A request for the handlers; *ids* are the variable parts of the path."""

    ids: Mapping[str, str]
    query: QueryParams
    headers: Headers
    raw: bytes

    def document(self) -> Any:  # noqa: ANN401 - any JSON
        try:
            return json.loads(self.raw or b"null")
        except ValueError:
            raise invalid_input("Request body is not valid JSON") from None

    def body(self, envelope: str, *, bare: bool = False) -> Json:
        """
        Return the content of the envelope; with *bare*, a body without envelope is accepted.

        The released plugin sends teams without an envelope.
        """
        document = self.document()
        inner = document.get(envelope) if isinstance(document, dict) else None
        if inner is None and bare and isinstance(document, dict) and document:
            inner = document
        if not isinstance(inner, dict):
            raise invalid_input(f"{envelope} is missing")
        return inner

    def listed(self, name: str) -> list[str]:
        """Return the values of a filter such as `team_ids[]`."""
        return self.query.getlist(f"{name}[]")


def page(call: Call, name: str, found: list[Each], render: Callable[[Each], Json]) -> Response:
    """Return one page (classic pagination): limit, offset, more; total only on request."""
    limit = min(_number(call, "limit", _DEFAULT_LIMIT), _MOST_PER_PAGE)
    offset = _number(call, "offset", 0)
    if offset + limit > _MOST_IN_ALL:
        raise invalid_input(f"Offset plus limit must not exceed {_MOST_IN_ALL}")
    return JSONResponse(
        {
            name: [render(each) for each in found[offset : offset + limit]],
            "limit": limit,
            "offset": offset,
            "more": len(found) > offset + limit,
            "total": len(found) if call.query.get("total") == "true" else None,
        }
    )


def _number(call: Call, name: str, default: int) -> int:
    given = call.query.get(name, str(default))
    if not given.isdecimal():
        raise invalid_input(f"{name.capitalize()} must be a number")
    return int(given)
