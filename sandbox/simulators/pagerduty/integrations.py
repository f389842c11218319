"""REST routes of a service's integrations, which have the routing keys of events."""

import secrets

from starlette.responses import JSONResponse, Response

from sandbox.simulators.pagerduty import rendering
from sandbox.simulators.pagerduty.account import Account, new_id, stamp
from sandbox.simulators.pagerduty.answers import Json, invalid_input, not_found
from sandbox.simulators.pagerduty.bodies import Integration, validated
from sandbox.simulators.pagerduty.calls import Call

EVENTS_V2 = "events_api_v2_inbound_integration"

_TYPES = {
    EVENTS_V2,
    "event_transformer_api_inbound_integration",
    "generic_events_api_inbound_integration",
}  # other types receive e-mail or a vendor's own format, which the simulator lacks
_BY_VENDOR = "service_integration"  # the released plugin sends it if the vendor decides the type


def create(account: Account, call: Call) -> Response:
    service = account.need("service", call.ids["id"])
    stored = _checked(
        account,
        call.body("integration"),
        {
            "id": new_id(),
            "service": service["id"],
            "created_at": stamp(account.now()),
            "integration_key": secrets.token_hex(16),  # PagerDuty ignores the key of a request
        },
    )
    account.store.put("integration", stored)
    return JSONResponse({"integration": rendering.integration(account, stored)}, 201)


def show(account: Account, call: Call) -> Response:
    return JSONResponse({"integration": rendering.integration(account, _need(account, call))})


def change(account: Account, call: Call) -> Response:
    before = _need(account, call)
    fixed = {"type": before["type"], "vendor": before["vendor"]}
    stored = _checked(account, call.body("integration") | fixed, before)
    account.store.put("integration", stored)
    return JSONResponse({"integration": rendering.integration(account, stored)})


def delete(account: Account, call: Call) -> Response:
    account.store.delete("integration", _need(account, call)["id"])
    return Response(status_code=204)


def _need(account: Account, call: Call) -> Json:
    stored = account.need("integration", call.ids["integration"])
    if stored["service"] != call.ids["id"]:
        raise not_found()
    return stored


def _checked(account: Account, given: Json, before: Json) -> Json:
    body = validated(Integration, before | given)
    account.check("vendor", *filter(None, [body.vendor]))
    kind = body.type
    if body.vendor and kind == _BY_VENDOR:
        kind = "event_transformer_api_inbound_integration"
    if kind not in _TYPES:
        raise invalid_input("Type is not valid")
    return before | body.model_dump(mode="json") | {"type": kind}
