"""Routes for tests: they make the workload late, wrong, lossy or silent."""

from collections.abc import Collection, Mapping
from dataclasses import asdict

from pydantic import BaseModel, ValidationError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox.estate.workload.behaviour import Behaviour, Control, Late, Lossy, Rate, Silent, Wrong

_MODES: Mapping[str, type[BaseModel]] = {
    "late": Late,
    "wrong": Wrong,
    "lossy": Lossy,
    "silent": Silent,
    "rate": Rate,
}


def control_routes(control: Control, metrics: Collection[str]) -> list[Route]:
    """
    GET /sandbox/behaviour; PUT /sandbox/{late,wrong,lossy,silent,rate}; POST /sandbox/reset.

    A PUT replaces the whole mode, so `{}` ends it. They need no token, on loopback.
    """

    async def behaviour(_: Request) -> Response:
        shown = control.behaviour.model_dump(mode="json")
        return JSONResponse({"behaviour": shown, "progress": asdict(control.progress)})

    async def put_mode(request: Request) -> Response:
        name = request.path_params["mode"]
        if name not in _MODES:
            return JSONResponse({"errors": [f"no mode {name}: {', '.join(_MODES)}"]}, 404)
        body = await request.body()
        mode = _MODES[name].model_validate_json(body, context={"metrics": metrics})
        control.behaviour = control.behaviour.model_copy(update={name: mode})
        return await behaviour(request)

    async def reset(request: Request) -> Response:
        control.behaviour = Behaviour()
        return await behaviour(request)

    return [
        Route("/sandbox/behaviour", behaviour),
        Route("/sandbox/reset", reset, methods=["POST"]),
        Route("/sandbox/{mode}", put_mode, methods=["PUT"]),
    ]


async def explain(_: Request, error: Exception) -> Response:
    """Return every problem of a body, one sentence each."""
    problems = error.errors(include_url=False) if isinstance(error, ValidationError) else []
    sentences = [
        ": ".join([*map(str, p["loc"]), p["msg"].removeprefix("Value error, ")]) for p in problems
    ]
    return JSONResponse({"errors": sentences}, 400)
