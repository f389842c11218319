"""The routes of the REST API, behind the token check and the faults, and the routes for tests."""

import json
from collections.abc import Awaitable, Callable, Sequence
from typing import Any
from urllib.parse import urlencode

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from sandbox.simulators.control import control_routes
from sandbox.simulators.faults import Faults
from sandbox.simulators.github.answers import Refusal, documented
from sandbox.simulators.github.repository import Json, Repository
from sandbox.simulators.github.users import User, find

_PER_PAGE, _MOST_PER_PAGE = 30, 100

Handler = Callable[[Repository, Request, User, Json], Response]


def application(repository: Repository, users: Sequence[User]) -> ASGIApp:
    """Return the API under /repos/, with the routes for tests under /sandbox/."""
    faults = Faults(documented)

    def route(path: str, **handlers: Handler) -> Route:
        endpoint = _endpoint(repository, users, handlers)
        return Route(path, endpoint, methods=list(handlers))

    own = f"/repos/{repository.name}"
    app = Starlette(
        routes=[
            *control_routes(repository, faults),
            # Instead of branches and settings, which the simulator does not have.
            route("/sandbox/pull-requests", POST=_open_pull_request),
            route("/sandbox/environments/{name}", PUT=_protect),
            route(f"{own}/environments/{{name}}", GET=_environment),
            route(f"{own}/issues", GET=_issues, POST=_create),
            route(f"{own}/issues/comments/{{id:int}}", PATCH=_edit),
            route(f"{own}/issues/{{number:int}}", GET=_show, PATCH=_change),
            route(f"{own}/issues/{{number:int}}/comments", GET=_comments, POST=_comment),
        ],
        exception_handlers={404: _unknown, 405: _unknown},
    )
    return faults.around(app)


def _issues(repository: Repository, request: Request, _: User, __: Json) -> Response:
    labels = {one for one in request.query_params.get("labels", "").split(",") if one}
    state = request.query_params.get("state", "open")
    return _page(request, repository, repository.issues(state, labels))


def _create(repository: Repository, _: Request, user: User, body: Json) -> Response:
    return JSONResponse(repository.create_issue(user, body), 201)


def _show(repository: Repository, request: Request, _: User, __: Json) -> Response:
    return JSONResponse(repository.issue(request.path_params["number"]))


def _change(repository: Repository, request: Request, user: User, body: Json) -> Response:
    return JSONResponse(repository.change_issue(user, request.path_params["number"], body))


def _comments(repository: Repository, request: Request, _: User, __: Json) -> Response:
    return _page(request, repository, repository.comments(request.path_params["number"]))


def _comment(repository: Repository, request: Request, user: User, body: Json) -> Response:
    return JSONResponse(repository.create_comment(user, request.path_params["number"], body), 201)


def _edit(repository: Repository, request: Request, user: User, body: Json) -> Response:
    return JSONResponse(repository.change_comment(user, request.path_params["id"], body))


def _environment(repository: Repository, request: Request, user: User, _: Json) -> Response:
    return JSONResponse(repository.environment(user, request.path_params["name"]))


def _open_pull_request(repository: Repository, _: Request, user: User, body: Json) -> Response:
    return JSONResponse(repository.create_issue(user, body, is_pull_request=True), 201)


def _protect(repository: Repository, request: Request, _: User, body: Json) -> Response:
    return JSONResponse(repository.protect(request.path_params["name"], body["reviewers"]))


def _endpoint(
    repository: Repository, users: Sequence[User], handlers: dict[str, Handler]
) -> Callable[[Request], Awaitable[Response]]:
    async def answer(request: Request) -> Response:
        scheme, _, given = request.headers.get("authorization", "").partition(" ")
        user = find(users, given) if scheme in ("Bearer", "token") else None
        if user is None:
            return documented(401, request.url.path)
        request.scope["path_params"] = {k: str(v) for k, v in request.path_params.items()}
        try:
            body = _object(await request.body())
            with repository.store.transaction():
                handler = handlers[request.method.replace("HEAD", "GET")]
                return handler(repository, request, user, body)
        except Refusal as refusal:
            return refusal.response

    return answer


def _object(raw: bytes) -> dict[str, Any]:
    try:
        body = json.loads(raw or b"{}")
    except ValueError:
        raise Refusal(400) from None
    if not isinstance(body, dict):
        raise Refusal(400)
    return body


def _page(request: Request, repository: Repository, found: Sequence[Json]) -> Response:
    """Return one page, with the addresses of the others in the header Link."""
    size = min(_number(request, "per_page", _PER_PAGE), _MOST_PER_PAGE)
    number = _number(request, "page", 1)
    last = max(1, -(-len(found) // size))
    others = {"prev": number - 1, "next": number + 1, "last": last, "first": 1}
    if number >= last:
        del others["next"], others["last"]
    if number == 1:
        del others["prev"], others["first"]

    def link(relation: str, page: int) -> str:
        query = urlencode({**request.query_params, "page": page})
        return f'<{repository.url}{request.url.path}?{query}>; rel="{relation}"'

    links = ", ".join(link(relation, page) for relation, page in others.items())
    shown = list(found[(number - 1) * size : number * size])
    return JSONResponse(shown, headers={"Link": links} if links else {})


def _number(request: Request, name: str, default: int) -> int:
    given = request.query_params.get(name, str(default))
    return max(1, int(given)) if given.isdecimal() else default


def _unknown(request: Request, _: Exception) -> Response:
    return documented(404, request.url.path)
