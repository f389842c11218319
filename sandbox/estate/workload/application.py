"""The workload over HTTP: a scrape, a health check, and control routes."""

from pydantic import ValidationError
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox.estate.workload.behaviour import Control
from sandbox.estate.workload.control import control_routes, explain
from sandbox.estate.workload.exposition import Instruments
from sandbox.estate.workload.health import health_routes


def application(control: Control, instruments: Instruments) -> Starlette:
    """Return the application, which serves all services."""

    async def metrics(request: Request) -> Response:
        silent = control.behaviour.silent
        if silent.everything:
            while (await request.receive())["type"] != "http.disconnect":
                pass
        text, media_type = instruments.exposed(request.headers.get("accept", ""), silent.metrics)
        return Response(text, headers={"Content-Type": media_type})

    return Starlette(
        routes=[
            Route("/metrics", metrics),
            *health_routes(control),
            *control_routes(control, instruments.catalog),
        ],
        exception_handlers={ValidationError: explain},
    )
