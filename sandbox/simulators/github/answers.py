"""GitHub's error answers."""

from typing import Any

from starlette.responses import JSONResponse, Response

_DOCUMENTATION = "https://docs.github.com/rest"
_MESSAGES = {
    401: "Bad credentials",
    403: "Resource not accessible by integration",
    404: "Not Found",
    410: "This issue was deleted",
    422: "Validation Failed",
    500: "Server Error",
    503: "Service unavailable",
}


class Refusal(Exception):  # noqa: N818 - an answer, not a fault of the program
    """An error answer: it ends the request and rolls back its changes."""

    def __init__(self, status: int, errors: list[dict[str, Any]] | None = None) -> None:
        super().__init__(status)
        self.response = _answer(status, {"errors": errors} if errors else {})


def documented(status: int, _: str) -> Response:
    """Return the documented answer for a status; it is the same for every path."""
    return _answer(status, {})


def invalid(resource: str, field: str, code: str = "invalid") -> Refusal:
    """Return the answer to a field that GitHub does not accept."""
    return Refusal(422, [{"resource": resource, "field": field, "code": code}])


def _answer(status: int, more: dict[str, Any]) -> Response:
    message = _MESSAGES.get(status, "Error")
    body = {"message": message, **more, "documentation_url": _DOCUMENTATION, "status": str(status)}
    return JSONResponse(body, status)
