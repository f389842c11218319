"""PagerDuty's error answers, from its API documents."""

from collections.abc import Mapping
from typing import Any

from starlette.responses import JSONResponse, Response

Json = dict[str, Any]

EVENTS_PREFIX = "/v2/"

_NO_BODY = object()
_REST: Mapping[int, object] = {
    401: _NO_BODY,  # empty text/html: the plugin's and go-pagerduty's messages depend on it
    403: {"error": {"message": "Access Denied", "code": 2010}},
    404: {"error": {"message": "Not Found", "code": 2100}},
    429: {"error": {"message": "Rate Limit Exceeded", "code": 2020}},
    500: {"error": {"message": "Internal Server Error", "code": 2000}},
}
_EVENTS: Mapping[int, object] = {  # a 429 has no body there
    500: {"status": "error", "message": "Internal Server Error"},
}
_HEADERS: Mapping[int, Mapping[str, str]] = {
    429: {"ratelimit-limit": "960", "ratelimit-remaining": "0", "ratelimit-reset": "1"},
}


class Refusal(Exception):  # noqa: N818 - an answer, not a fault of the program
    """An error answer: it ends the request and rolls back its changes."""

    def __init__(self, status: int, body: Json) -> None:
        super().__init__(status, body)
        self.response = JSONResponse(body, status)


def invalid_input(*errors: str) -> Refusal:
    error = {"message": "Invalid Input Provided", "code": 2001, "errors": list(errors)}
    return Refusal(400, {"error": error})


def not_found() -> Refusal:
    return Refusal(404, {"error": {"message": "Not Found", "code": 2100}})


def not_imitated(what: str) -> Refusal:
    """Refuse what PagerDuty has and the simulator lacks."""
    return Refusal(501, {"error": {"message": f"This simulator does not imitate {what}"}})


def requester_missing() -> Refusal:
    message = 'You must specify a user\'s email address in the "From" header to perform this action'
    return Refusal(400, {"error": {"message": message, "code": 2016}})


def requester_unknown() -> Refusal:
    return Refusal(400, {"error": {"message": "Requester User Not Found", "code": 1008}})


def too_large() -> Refusal:
    return Refusal(413, {"error": {"message": "Request Entity Too Large", "code": 2001}})


def invalid_event(*errors: str) -> Refusal:
    body = {"status": "invalid event", "message": "Event object is invalid"}
    return Refusal(400, body | {"errors": list(errors)})


def unrecognized_event() -> Refusal:
    body = {"status": "Unrecognized object", "message": "Event object format is unrecognized"}
    return Refusal(400, body | {"errors": ["JSON parse error"]})


def documented(status: int, path: str) -> Response:
    """Return the documented answer for a status, of the REST API or the events API."""
    body = (_EVENTS if path.startswith(EVENTS_PREFIX) else _REST).get(status, _NO_BODY)
    headers = _HEADERS.get(status)
    if body is _NO_BODY:
        return Response("", status, headers, media_type="text/html")
    return JSONResponse(body, status, headers)
