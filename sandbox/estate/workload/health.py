"""GET /actuator/health and its two groups, as Spring Boot answers them."""

from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox.estate.workload.behaviour import Control


class _Actuator(JSONResponse):
    media_type = "application/vnd.spring-boot.actuator.v3+json"


def health_routes(control: Control) -> list[Route]:
    """GET /actuator/health, /actuator/health/liveness, /actuator/health/readiness."""

    async def health(_: Request) -> Response:
        status = "DOWN" if control.behaviour.wrong.down else "UP"
        return _answer({"status": status, "groups": ["liveness", "readiness"]})

    async def liveness(_: Request) -> Response:
        # A service whose dependency is down is alive: a restart would not help it.
        return _answer({"status": "UP"})

    async def readiness(_: Request) -> Response:
        return _answer({"status": "OUT_OF_SERVICE" if control.behaviour.wrong.down else "UP"})

    return [
        Route("/actuator/health", health),
        Route("/actuator/health/liveness", liveness),
        Route("/actuator/health/readiness", readiness),
    ]


def _answer(body: Mapping[str, Any]) -> Response:
    return _Actuator(body, 200 if body["status"] == "UP" else 503)
