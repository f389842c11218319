"""Injected faults: the next requests are refused, ignored, or answered wrongly or not at all."""

import re
from collections.abc import Callable, Mapping
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

CONTROL_PREFIX = "/sandbox/"


class Fault(BaseModel):
    """The fault of the next *times* requests that match."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    method: str | None = None
    path: str | None = None  # a regular expression, searched in the path
    times: int = Field(default=1, gt=0)
    status: int | None = Field(default=None, ge=200, le=599)
    body: Any = None  # text as it is, else JSON; by default as documented for the status
    headers: Mapping[str, str] = {}
    hang: bool = False  # ignore the request
    lose: bool = False  # handle the request, and never answer

    @field_validator("path")
    @classmethod
    def _path_is_a_regular_expression(cls, path: str | None) -> str | None:
        try:
            re.compile(path or "")
        except re.error as error:
            raise ValueError(f"not a regular expression: {error}") from None
        return path

    @model_validator(mode="after")
    def _is_one_kind(self) -> Self:
        if [self.status is not None, self.hang, self.lose].count(True) != 1:
            raise ValueError("give a status, hang: true or lose: true")
        return self

    def fits(self, method: str, path: str) -> bool:
        return self.method in (None, method) and re.search(self.path or "", path) is not None


class Faults:
    """
    The pending faults, in the order in which they were set. They are kept in memory only.

    Args:
        documented: Returns the answer that the service documents for a status and a path.
    """

    def __init__(self, documented: Callable[[int, str], Response]) -> None:
        self._documented = documented
        self._pending: list[tuple[Fault, int]] = []

    def add(self, fault: Fault) -> None:
        self._pending.append((fault, fault.times))

    def clear(self) -> None:
        self._pending.clear()

    def pending(self) -> list[dict[str, Any]]:
        return [
            fault.model_dump(exclude_defaults=True) | {"times": left}
            for fault, left in self._pending
        ]

    def around(self, app: ASGIApp) -> ASGIApp:
        """Wrap *app* with the faults; the control routes never fail."""

        async def faulty(scope: Scope, receive: Receive, send: Send) -> None:
            control = scope["path"].startswith(CONTROL_PREFIX)
            fault = None if control else self._next(scope["method"], scope["path"])
            if fault is None:
                await app(scope, receive, send)
            elif fault.status is None:
                if fault.lose:
                    await app(scope, receive, _nowhere)
                while (await receive())["type"] != "http.disconnect":
                    pass
            else:
                await self._answer(fault, scope["path"])(scope, receive, send)

        return faulty

    def _next(self, method: str, path: str) -> Fault | None:
        for place, (fault, left) in enumerate(self._pending):
            if fault.fits(method, path):
                self._pending[place : place + 1] = [(fault, left - 1)] if left > 1 else []
                return fault
        return None

    def _answer(self, fault: Fault, path: str) -> Response:
        status = fault.status or 500
        answer: Response
        if "body" not in fault.model_fields_set:
            answer = self._documented(status, path)
        elif isinstance(fault.body, str):
            answer = Response(fault.body, status, media_type="text/html")
        else:
            answer = JSONResponse(fault.body, status)
        answer.headers.update(fault.headers)
        return answer


async def _nowhere(_: Message) -> None:
    """Send nothing."""
