"""The routes of both APIs on one port, behind the token check and the faults."""

from collections.abc import Callable, Iterator

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from sandbox.simulators.control import control_routes
from sandbox.simulators.faults import CONTROL_PREFIX, Faults
from sandbox.simulators.pagerduty import directory, incidents, integrations, maintenance
from sandbox.simulators.pagerduty.account import Account
from sandbox.simulators.pagerduty.answers import EVENTS_PREFIX, Refusal, documented, not_found
from sandbox.simulators.pagerduty.calls import Call
from sandbox.simulators.pagerduty.events import enqueue
from sandbox.simulators.pagerduty.kinds import KINDS
from sandbox.simulators.tokens import is_valid_token

Handler = Callable[[Account, Call], Response]


def application(account: Account, tokens: frozenset[str]) -> ASGIApp:
    """Return the REST API v2, the Events API v2 under /v2/, and the routes for tests."""
    faults = Faults(documented)

    def route(path: str, **handlers: Handler) -> Route:
        return Route(path, _endpoint(account, handlers), methods=list(handlers))

    def resources() -> Iterator[Route]:
        for kind in KINDS:
            yield route(f"/{kind.plural}", GET=kind.list, POST=kind.create)
            yield route(
                f"/{kind.plural}/{{id}}", GET=kind.show, PUT=kind.change, DELETE=kind.delete
            )

    async def pages(_: Request) -> Response:
        with account.request():
            return JSONResponse({"pages": incidents.pages(account)})

    own = "/services/{id}/integrations"
    app = Starlette(
        routes=[
            *control_routes(account, faults),
            Route("/sandbox/pages", pages, methods=["GET"]),
            route("/v2/enqueue", POST=enqueue),
            route("/abilities", GET=directory.abilities),
            route("/abilities/{id}", GET=directory.ability),
            route("/vendors", GET=directory.vendors),
            route("/vendors/{id}", GET=directory.vendor),
            route("/users/me", GET=directory.me),
            *resources(),
            route("/teams/{id}/members", GET=directory.members),
            route(own, POST=integrations.create),
            route(
                f"{own}/{{integration}}",
                GET=integrations.show,
                PUT=integrations.change,
                DELETE=integrations.delete,
            ),
            route("/maintenance_windows", GET=maintenance.listing, POST=maintenance.create),
            route(
                "/maintenance_windows/{id}",
                GET=maintenance.show,
                PUT=maintenance.change,
                DELETE=maintenance.delete,
            ),
            route("/incidents", GET=incidents.listing, PUT=incidents.change_many),
            route("/incidents/{id}", GET=incidents.show, PUT=incidents.change),
            route("/incidents/{id}/log_entries", GET=incidents.log_entries),
        ],
        exception_handlers={404: _unknown, 405: _unknown},
    )
    return faults.around(_token_check(app, tokens))


def _endpoint(account: Account, handlers: dict[str, Handler]) -> Callable[[Request], object]:
    async def answer(request: Request) -> Response:
        call = Call(
            ids=request.path_params,
            query=request.query_params,
            headers=request.headers,
            raw=await request.body(),
        )
        method = "GET" if request.method == "HEAD" else request.method
        try:
            with account.request():
                return handlers[method](account, call)
        except Refusal as refusal:
            return refusal.response

    return answer


def _unknown(_: Request, __: Exception) -> Response:
    """Answer 404, as PagerDuty does for a missing route or object."""
    return not_found().response


def _token_check(app: ASGIApp, tokens: frozenset[str]) -> ASGIApp:
    """Require a token, except for events, which have a routing key, and the control routes."""
    open_to_all = (CONTROL_PREFIX, EVENTS_PREFIX)

    async def checked(scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope)
        scheme, _, given = request.headers.get("authorization", "").partition("Token token=")
        if (not scheme and is_valid_token(given, tokens)) or request.url.path.startswith(
            open_to_all
        ):
            await app(scope, receive, send)
        else:
            await documented(401, request.url.path)(scope, receive, send)

    return checked
