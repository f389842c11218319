"""The workload over HTTP: a scrape, a health check, the ledger, and control routes."""

import sqlite3
from pathlib import Path

from pydantic import ValidationError
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox.estate.workload.behaviour import Control
from sandbox.estate.workload.control import control_routes, explain
from sandbox.estate.workload.exposition import Instruments
from sandbox.estate.workload.health import health_routes
from sandbox.estate.workload.ledger import OPERATIONS, shown


def application(control: Control, instruments: Instruments, ledger: Path) -> Starlette:
    """Return the application, which serves all services; *ledger* is the file of the ledger."""

    async def metrics(request: Request) -> Response:
        silent = control.behaviour.silent
        if silent.everything:
            while (await request.receive())["type"] != "http.disconnect":
                pass
        text, media_type = instruments.exposed(request.headers.get("accept", ""), silent.metrics)
        return Response(text, headers={"Content-Type": media_type})

    def operations(request: Request) -> Response:
        try:
            window = [float(request.query_params[word]) for word in ("since", "until")]
        except (KeyError, ValueError):
            return JSONResponse({"error": "pass since and until: seconds since the epoch"}, 400)
        try:
            return JSONResponse(shown(ledger, *window))
        except sqlite3.Error as error:
            return JSONResponse({"error": f"the ledger cannot be read: {error}"}, 503)

    return Starlette(
        routes=[
            Route("/metrics", metrics),
            Route(OPERATIONS, operations),
            *health_routes(control),
            *control_routes(control, instruments.catalog),
        ],
        exception_handlers={ValidationError: explain},
    )
