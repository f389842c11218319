"""Grafana's error answers, from its HTTP API documents."""

from collections.abc import Mapping
from typing import Any

from starlette.responses import JSONResponse, Response

Json = dict[str, Any]

_LONGEST_UID = 40

_DOCUMENTED: Mapping[int, Json] = {
    400: {"message": "bad request data"},
    401: {
        "extra": None,
        "message": "Invalid API key",
        "messageId": "api-key.invalid",
        "statusCode": 401,
        "traceID": "",
    },
    403: {
        "accessErrorId": "ACE0000000000",
        "message": "You'll need additional permissions to perform this action.",
        "title": "Access denied",
    },
    404: {"message": "Not found"},
    412: {
        "message": "The dashboard has been changed by someone else",
        "status": "version-mismatch",
    },
    429: {"message": "Too many requests"},
    500: {"message": "Internal Server Error", "traceID": ""},
}
NO_CREDENTIAL: Json = {
    "extra": None,
    "message": "Unauthorized",
    "messageId": "auth.unauthorized",
    "statusCode": 401,
    "traceID": "",
}


class Refusal(Exception):  # noqa: N818 - an answer, not a fault of the program
    """An error answer: it ends the request and rolls back its changes."""

    def __init__(self, status: int, message: str, /, **more: object) -> None:
        super().__init__(status, message)
        self.response = JSONResponse({"message": message, **more}, status)


def bad_request() -> Refusal:
    return Refusal(400, "bad request data")


def folder_not_found() -> Refusal:
    return Refusal(404, "folder not found", messageId="folder.notFound", statusCode=404, traceID="")


def not_imitated(what: str) -> Refusal:
    """Refuse what Grafana has and the simulator lacks."""
    return Refusal(501, f"This simulator does not imitate {what}")


def check_uid(uid: str) -> None:
    """Refuse a uid that Grafana would refuse."""
    if len(uid) > _LONGEST_UID:
        raise Refusal(400, f"uid too long, max {_LONGEST_UID} characters")
    if not all(char.isascii() and (char.isalnum() or char in "-_") for char in uid):
        raise Refusal(400, "uid contains illegal characters")


def documented(status: int, _: str) -> Response:
    """Return the documented answer for a status."""
    body = _DOCUMENTED.get(status)
    return Response("", status) if body is None else JSONResponse(body, status)
