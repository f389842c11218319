"""The routes of the HTTP API, behind the token check and the faults."""

from collections.abc import Callable

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from sandbox.simulators.control import control_routes
from sandbox.simulators.faults import CONTROL_PREFIX, Faults
from sandbox.simulators.grafana import dashboards, folders
from sandbox.simulators.grafana.answers import NO_CREDENTIAL, Refusal, documented, not_imitated
from sandbox.simulators.grafana.organisation import Call, Organisation
from sandbox.simulators.grafana.search import search
from sandbox.simulators.tokens import is_valid_token

Handler = Callable[[Organisation, Call], Response]

_HEALTH = "/api/health"
_VERSION = "11.0.0+sandbox-simulator"

# What the role Editor permits, as far as the simulator has it.
_PERMITTED = {
    "dashboards:create": ["folders:*"],
    "dashboards:delete": ["dashboards:*", "folders:*"],
    "dashboards:read": ["dashboards:*", "folders:*"],
    "dashboards:write": ["dashboards:*", "folders:*"],
    "folders:create": ["folders:*"],
    "folders:delete": ["folders:*"],
    "folders:read": ["folders:*"],
    "folders:write": ["folders:*"],
}

# What Grafana has and the simulator lacks, by path prefix.
_NOT_IMITATED = {
    "/api/access-control": "this part of access control",
    "/api/admin": "administration",
    "/api/alerts": "alerting",
    "/api/alertmanager": "alerting",
    "/api/annotations": "annotations",
    "/api/auth": "API keys",
    "/api/dashboards": "this part of the dashboard API",
    "/api/datasources": "data sources",
    "/api/ds": "queries; ask the data source itself",
    "/api/folders": "this part of the folder API",
    "/api/frontend": "what the browser part needs",
    "/api/library-elements": "library panels",
    "/api/org": "organisations: there is one",
    "/api/playlists": "playlists",
    "/api/plugins": "plugins",
    "/api/prometheus": "alerting",
    "/api/query-history": "the query history",
    "/api/ruler": "alerting",
    "/api/serviceaccounts": "service accounts: the tokens come from a file",
    "/api/snapshots": "snapshots",
    "/api/teams": "teams",
    "/api/user": "users",
    "/api/v1/provisioning": "alerting",
    "/apis/": "the newer API under /apis",
}


def application(own: Organisation, tokens: frozenset[str]) -> ASGIApp:
    """Return the API under /api/, with the routes for tests under /sandbox/."""
    faults = Faults(documented)

    def route(path: str, **handlers: Handler) -> Route:
        return Route(f"/api{path}", _endpoint(own, handlers), methods=list(handlers))

    app = Starlette(
        routes=[
            *control_routes(own, faults),
            route("/health", GET=_health),
            route("/access-control/user/permissions", GET=_permissions),
            route("/search", GET=search),
            route("/folders", GET=folders.listing, POST=folders.create),
            route("/folders/id/{number}", GET=folders.show_by_number),
            route("/folders/{uid}", GET=folders.show, PUT=folders.change, DELETE=folders.delete),
            route("/folders/{uid}/move", POST=folders.move),
            route("/dashboards/db", POST=dashboards.save),
            route("/dashboards/uid/{uid}", GET=dashboards.show, DELETE=dashboards.delete),
        ],
        exception_handlers={404: _unknown, 405: _unknown},
    )
    return faults.around(_token_check(app, tokens))


def _health(_: Organisation, __: Call) -> Response:
    """Answer that Grafana is healthy; the version names the simulator."""
    return JSONResponse({"commit": "none", "database": "ok", "version": _VERSION})


def _permissions(_: Organisation, __: Call) -> Response:
    """Answer what a token permits: every token has the role Editor."""
    return JSONResponse(_PERMITTED)


def _endpoint(own: Organisation, handlers: dict[str, Handler]) -> Callable[[Request], object]:
    async def answer(request: Request) -> Response:
        call = Call(ids=request.path_params, query=request.query_params, raw=await request.body())
        method = "GET" if request.method == "HEAD" else request.method
        try:
            with own.request():
                return handlers[method](own, call)
        except Refusal as refusal:
            return refusal.response

    return answer


def _unknown(request: Request, _: Exception) -> Response:
    """Answer 404 to unknown routes and methods, and 501 to routes that only Grafana has."""
    for beginning, what in _NOT_IMITATED.items():
        if request.url.path.startswith(beginning):
            return not_imitated(what).response
    return documented(404, request.url.path)


def _token_check(app: ASGIApp, tokens: frozenset[str]) -> ASGIApp:
    """Require a token, except for the health and the control routes."""

    async def checked(scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope)
        scheme, _, given = request.headers.get("authorization", "").partition(" ")
        is_open = request.url.path.startswith(CONTROL_PREFIX) or request.url.path == _HEALTH
        if is_open or (scheme == "Bearer" and is_valid_token(given.strip(), tokens)):
            await app(scope, receive, send)
        elif scheme:
            await documented(401, request.url.path)(scope, receive, send)
        else:
            await JSONResponse(NO_CREDENTIAL, 401)(scope, receive, send)

    return checked
