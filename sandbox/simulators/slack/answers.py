"""Slack's answers: a word as plain text to a webhook, and JSON with `ok` to a method."""

from collections.abc import Mapping
from typing import Any

from starlette.responses import JSONResponse, PlainTextResponse, Response

Json = dict[str, Any]

OK = "ok"
API_PREFIX = "/api/"

# Slack has several words for some statuses: an injected fault answers this one.
_WORDS: Mapping[int, str] = {
    200: OK,
    400: "invalid_payload",
    403: "action_prohibited",
    404: "no_service",
    410: "channel_is_archived",
    500: "rollup_error",
}
_ERRORS: Mapping[int, str] = {
    429: "ratelimited",
    500: "internal_error",
    503: "service_unavailable",
}
_HEADERS: Mapping[int, Mapping[str, str]] = {
    429: {"Retry-After": "30"},  # seconds, as in Slack's own example; it documents no body
}


class Refusal(Exception):  # noqa: N818 - an answer, not a fault of the program
    """An error answer: it ends the request and rolls back its changes."""

    def __init__(self, word: str, response: Response) -> None:
        super().__init__(word)
        self.word = word
        self.response = response


def refused(status: int, word: str) -> Refusal:
    """Return the refusal of a message to a webhook."""
    return Refusal(word, PlainTextResponse(word, status))


def failed(error: str, **details: object) -> Refusal:
    """Return the refusal of a call of a method; Slack answers most of them with status 200."""
    return Refusal(error, JSONResponse({"ok": False, "error": error} | details))


def invalid_arguments(*messages: str) -> Refusal:
    """Return the refusal of a call whose arguments are missing or wrong."""
    shown = [f"[ERROR] {message}" for message in messages]
    return failed("invalid_arguments", response_metadata={"messages": shown})


def rate_limited(retry_after_seconds: int) -> Refusal:
    """Return the refusal of a call that came too soon."""
    body = {"ok": False, "error": "ratelimited"}
    headers = {"Retry-After": str(retry_after_seconds)}
    return Refusal("ratelimited", JSONResponse(body, 429, headers))


def documented(status: int, path: str) -> Response:
    """Return the documented answer for a status, of a webhook or of a method."""
    if path.startswith(API_PREFIX):
        body = {"ok": False, "error": _ERRORS.get(status, "fatal_error")}
        return JSONResponse(body, status, _HEADERS.get(status))
    return PlainTextResponse(_WORDS.get(status, ""), status, _HEADERS.get(status))
