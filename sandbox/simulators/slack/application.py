"""The route of the webhooks, with injected faults, and the routes for tests."""

import logging
import uuid

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from sandbox.simulators.control import control_routes
from sandbox.simulators.faults import Faults
from sandbox.simulators.simulation import Simulation
from sandbox.simulators.slack import messages
from sandbox.simulators.slack.answers import OK, Refusal, documented
from sandbox.simulators.slack.webhooks import PREFIX, Webhooks

_KIND = "message"
_LOG = logging.getLogger("webhooks")


def application(workspace: Simulation, webhooks: Webhooks) -> ASGIApp:
    """Return the incoming webhooks under /services/, with the routes for tests under /sandbox/."""
    faults = Faults(documented)

    async def post(request: Request) -> Response:
        channel = "no channel"
        try:
            channel = webhooks.channel(request.path_params["path"])
            payload = messages.read(await request.body(), request.headers.get("content-type", ""))
        except Refusal as refusal:
            _LOG.info("%s: %s", channel, refusal.word)
            return refusal.response
        # A webhook posts to its own channel, whatever channel the payload names.
        message = {"channel": channel, "at": workspace.now().isoformat(), "payload": payload}
        with workspace.store.transaction():
            workspace.store.put(_KIND, {"id": uuid.uuid4().hex} | message)
        _LOG.info("%s: %s", channel, OK)
        return PlainTextResponse(OK)

    async def listed(_: Request) -> Response:
        kept = workspace.store.every(_KIND)
        shown = [{key: each[key] for key in ("channel", "at", "payload")} for each in kept]
        return JSONResponse({"messages": shown})

    app = Starlette(
        routes=[
            *control_routes(workspace, faults),
            Route("/sandbox/messages", listed, methods=["GET"]),
            Route(f"{PREFIX}{{path:path}}", post, methods=["POST"]),
        ]
    )
    return faults.around(app)
