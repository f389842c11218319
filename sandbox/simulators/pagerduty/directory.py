"""REST routes of team members, vendors and abilities."""

from starlette.responses import JSONResponse, Response

from sandbox.simulators.pagerduty import rendering
from sandbox.simulators.pagerduty.account import Account
from sandbox.simulators.pagerduty.answers import Json, Refusal, not_found
from sandbox.simulators.pagerduty.calls import Call, page


def members(account: Account, call: Call) -> Response:
    team = account.need("team", call.ids["id"])

    def member(stored: Json) -> Json:
        return {"user": rendering.reference(account, "user", stored["id"]), "role": stored["role"]}

    listed = [{"id": user, "role": role} for user, role in team["members"].items()]
    return page(call, "members", listed, member)


def me(_: Account, __: Call) -> Response:
    """Refuse: only a user's token has a "me", and the tokens here are the account's."""
    raise Refusal(400, {"error": "Bad Request: not available to an account-level access token"})


def vendors(account: Account, call: Call) -> Response:
    found = account.store.every("vendor")
    return page(call, "vendors", found, lambda stored: rendering.vendor(account, stored))


def vendor(account: Account, call: Call) -> Response:
    stored = account.need("vendor", call.ids["id"])
    return JSONResponse({"vendor": rendering.vendor(account, stored)})


def abilities(account: Account, _: Call) -> Response:
    return JSONResponse({"abilities": [each["id"] for each in account.store.every("ability")]})


def ability(account: Account, call: Call) -> Response:
    if account.store.find("ability", call.ids["id"]) is None:
        raise not_found()
    return Response(status_code=204)
