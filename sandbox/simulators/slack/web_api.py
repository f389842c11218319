"""One call of the Web API: the method, the token and the rate, then the method itself."""

import logging
from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from sandbox.simulators.slack import access
from sandbox.simulators.slack.answers import OK, Json, Refusal, failed
from sandbox.simulators.slack.calls import Call, arguments
from sandbox.simulators.slack.methods import METHODS
from sandbox.simulators.slack.workspace import Workspace

_LOG = logging.getLogger("methods")
_BEARER = "Bearer "


def endpoint(workspace: Workspace) -> Callable[[Request], Awaitable[Response]]:
    """Return the handler of `/api/METHOD`."""

    async def answer(request: Request) -> Response:
        name, body = request.path_params["method"], await request.body()
        response: Response
        headers = {}
        try:
            token, given = _call(workspace, name, request, body)
            headers["X-OAuth-Scopes"] = ",".join(token["scopes"])
            call = Call(token=token, arguments=given)
            with workspace.request():
                result = METHODS[name].run(workspace, call)
            response = JSONResponse({"ok": True} | result)
            _LOG.info("%s: %s", name, OK)
        except Refusal as refusal:
            response = refusal.response
            # An unknown method is what the client wrote: it stays out of the log.
            _LOG.info("%s: %s", name if name in METHODS else "?", refusal.word)
        response.headers.update(headers)
        return response

    return answer


def _call(workspace: Workspace, name: str, request: Request, body: bytes) -> tuple[Json, Json]:
    """Return the token and the arguments of a call that may run, and count it."""
    method = METHODS.get(name)
    if method is None:
        raise failed("unknown_method", req_method=name)
    given = arguments(request, body, takes_json=method.takes_json)
    header = request.headers.get("authorization", "")
    in_form = given.pop("token", "")
    secret = header.removeprefix(_BEARER) if header.startswith(_BEARER) else str(in_form)
    token = access.authenticated(workspace, secret)
    if (token["kind"] == "configuration") != method.configures:
        raise failed("not_allowed_token_type")
    with workspace.request():  # a refused call counts, too
        access.limit(workspace, token["id"], name, method.per_minute, 60)
    return token, given
