"""Slack's answers to a webhook request: a status, and one word as plain text."""

from collections.abc import Mapping

from starlette.responses import PlainTextResponse, Response

OK = "ok"

# Slack has several words for some statuses: an injected fault answers this one.
_WORDS: Mapping[int, str] = {
    200: OK,
    400: "invalid_payload",
    403: "action_prohibited",
    404: "no_service",
    410: "channel_is_archived",
    500: "rollup_error",
}
_HEADERS: Mapping[int, Mapping[str, str]] = {
    429: {"Retry-After": "30"},  # seconds, as in Slack's own example; it documents no body
}


class Refusal(Exception):  # noqa: N818 - an answer, not a fault of the program
    """An error answer: it ends the request and rolls back its changes."""

    def __init__(self, status: int, word: str) -> None:
        super().__init__(status, word)
        self.word = word
        self.response = PlainTextResponse(word, status)


def documented(status: int, _: str) -> Response:
    """Return the documented answer for a status; it is the same for every path."""
    return PlainTextResponse(_WORDS.get(status, ""), status, _HEADERS.get(status))
