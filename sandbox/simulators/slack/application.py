"""The routes of the webhooks and the Web API, with injected faults, and the routes for tests."""

import logging

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from sandbox.simulators.control import control_routes
from sandbox.simulators.faults import Faults
from sandbox.simulators.slack import messages, web_api
from sandbox.simulators.slack.answers import API_PREFIX, OK, Refusal, documented
from sandbox.simulators.slack.webhooks import PREFIX, channel_of
from sandbox.simulators.slack.workspace import Workspace

_LOG = logging.getLogger("webhooks")


def application(workspace: Workspace) -> ASGIApp:
    """Return the webhooks under /services/, the methods under /api/, and the routes for tests."""
    faults = Faults(documented)

    async def post(request: Request) -> Response:
        channel = "no channel"
        try:
            found = channel_of(workspace, request.path_params["path"])
            channel = found["name"]
            payload = messages.read(await request.body(), request.headers.get("content-type", ""))
        except Refusal as refusal:
            _LOG.info("%s: %s", channel, refusal.word)
            return refusal.response
        # A webhook posts to its own channel, whatever channel the payload names.
        with workspace.request():
            workspace.post(found["id"], payload, subtype="bot_message", bot_id="BWEBHOOK")
        _LOG.info("%s: %s", channel, OK)
        return PlainTextResponse(OK)

    async def listed(_: Request) -> Response:
        names = {each["id"]: each["name"] for each in workspace.store.every("channel")}
        shown = [
            {"channel": names[each["channel"]], "at": each["at"], "payload": each["payload"]}
            for each in workspace.store.every("message")
        ]
        return JSONResponse({"messages": shown})

    async def revoke(request: Request) -> Response:
        with workspace.request():
            known = workspace.revoke_webhook(request.path_params["service"])
        return Response(status_code=204 if known else 404)

    app = Starlette(
        routes=[
            *control_routes(workspace, faults),
            Route("/sandbox/messages", listed, methods=["GET"]),
            Route("/sandbox/webhooks/{service}", revoke, methods=["DELETE"]),
            Route(f"{PREFIX}{{path:path}}", post, methods=["POST"]),
            Route(f"{API_PREFIX}{{method}}", web_api.endpoint(workspace), methods=["GET", "POST"]),
        ]
    )
    return faults.around(app)
