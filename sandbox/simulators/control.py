"""Routes for tests under /sandbox/, a path that no simulated service uses: clock, faults, reset."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Self

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError, model_validator
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox.simulators.faults import Fault, Faults
from sandbox.simulators.simulation import Simulation


class ClockMove(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    now: AwareDatetime | None = None
    advance_seconds: int | None = Field(default=None, ge=0)

    @model_validator(mode="after")
    def _one_way_to_say_when(self) -> Self:
        if (self.now is None) == (self.advance_seconds is None):
            raise ValueError("give either now or advance_seconds")
        return self


def control_routes(simulation: Simulation, faults: Faults) -> list[Route]:
    """
    GET, PUT /sandbox/clock; GET, POST, DELETE /sandbox/faults; POST /sandbox/reset.

    They need no token: they are reachable on loopback only.
    """

    def shown() -> JSONResponse:
        return JSONResponse({"now": simulation.now().isoformat()})

    async def clock(request: Request) -> Response:
        if request.method == "PUT":
            move = ClockMove.model_validate_json(await request.body())
            simulation.set_now(
                move.now or simulation.now() + timedelta(seconds=move.advance_seconds or 0)
            )
        return shown()

    async def pending(request: Request) -> Response:
        if request.method == "POST":
            faults.add(Fault.model_validate_json(await request.body()))
        elif request.method == "DELETE":
            faults.clear()
        return JSONResponse({"faults": faults.pending()})

    async def reset(_: Request) -> Response:
        simulation.reset()
        faults.clear()
        return shown()

    return [
        Route("/sandbox/clock", _explained(clock), methods=["GET", "PUT"]),
        Route("/sandbox/faults", _explained(pending), methods=["GET", "POST", "DELETE"]),
        Route("/sandbox/reset", _explained(reset), methods=["POST"]),
    ]


Endpoint = Callable[[Request], Awaitable[Response]]


def _explained(endpoint: Endpoint) -> Endpoint:
    """Answer an invalid body with sentences, not in the simulated service's error format."""

    async def answer(request: Request) -> Response:
        try:
            return await endpoint(request)
        except ValidationError as error:
            sentences = [
                ": ".join([*map(str, problem["loc"]), problem["msg"]])
                for problem in error.errors(include_url=False)
            ]
            return JSONResponse({"errors": sentences}, 400)

    return answer
