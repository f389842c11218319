"""The data source routes: /api/datasources. Of a secret only the name is kept."""

from starlette.responses import JSONResponse, Response

from sandbox.simulators.grafana.answers import Json, Refusal, bad_request, check_uid
from sandbox.simulators.grafana.organisation import ORGANISATION, Call, Organisation, new_uid

_TEXTS = ("url", "user", "database", "basicAuthUser")
_FLAGS = ("basicAuth", "withCredentials", "isDefault")


def prometheus(url: str) -> Json:
    """Give the data source that the sandbox provisions."""
    body = {
        "name": "Prometheus",
        "type": "prometheus",
        "url": url,
        "isDefault": True,
        "jsonData": {"httpMethod": "POST"},
    }
    return _stored(body, "prometheus") | {"readOnly": True}


def listing(own: Organisation, _: Call) -> Response:
    found = sorted(own.store.every("data_source"), key=lambda each: str(each["name"]).lower())
    return JSONResponse([_shown(each) for each in found])


def create(own: Organisation, call: Call) -> Response:
    body = _body(call)
    uid = body.get("uid") or new_uid()
    check_uid(uid)
    _check_name(own, body["name"], uid)
    if own.by_uid("data_source", uid):
        raise Refusal(409, "data source with the same uid already exists")
    stored = _stored(body, uid) | {"id": str(own.next_number("data_source")), "version": 1}
    return _saved(own, stored, "Datasource added")


def show(own: Organisation, call: Call) -> Response:
    return JSONResponse(_shown(_need(own, "uid", call.ids["uid"])))


def show_by_name(own: Organisation, call: Call) -> Response:
    return JSONResponse(_shown(_need(own, "name", call.ids["name"])))


def change(own: Organisation, call: Call) -> Response:
    before, body = _need(own, "uid", call.ids["uid"]), _body(call)
    if before["readOnly"]:
        raise Refusal(403, "Cannot update read-only data source")
    uid = body.get("uid") or before["uid"]
    _check_name(own, body["name"], before["uid"])
    stored = before | _stored(body, uid) | {"version": before["version"] + 1}
    stored["secrets"] = sorted({*before["secrets"], *stored["secrets"]})
    return _saved(own, stored, "Datasource updated")


def delete(own: Organisation, call: Call) -> Response:
    stored = _need(own, "uid", call.ids["uid"])
    if stored["readOnly"]:
        raise Refusal(403, "Cannot delete read-only data source")
    own.store.delete("data_source", stored["id"])
    return JSONResponse({"id": int(stored["id"]), "message": "Data source deleted"})


def _need(own: Organisation, key: str, value: str) -> Json:
    for each in own.store.every("data_source"):
        if each[key] == value:
            return each
    raise Refusal(404, "Data source not found")


def _body(call: Call) -> Json:
    body = call.body()
    if not all(isinstance(body.get(key), str) and body[key] for key in ("name", "type", "access")):
        raise bad_request()
    return body


def _check_name(own: Organisation, name: str, uid: str) -> None:
    if any(e["name"] == name and e["uid"] != uid for e in own.store.every("data_source")):
        raise Refusal(409, "data source with the same name already exists")


def _stored(body: Json, uid: str) -> Json:
    return {
        "uid": uid,
        "name": body["name"],
        "type": body["type"],
        "access": body.get("access") or "proxy",
        **{key: body.get(key) or "" for key in _TEXTS},
        **{key: bool(body.get(key)) for key in _FLAGS},
        "jsonData": body.get("jsonData") or {},
        "secrets": sorted(body.get("secureJsonData") or {}),
        "readOnly": False,
    }


def _saved(own: Organisation, stored: Json, message: str) -> Response:
    if stored["isDefault"]:
        for other in own.store.every("data_source"):
            if other["isDefault"] and other["id"] != stored["id"]:
                own.store.put("data_source", other | {"isDefault": False})
    own.store.put("data_source", stored)
    told = {"id": int(stored["id"]), "message": message, "name": stored["name"]}
    return JSONResponse({"datasource": _shown(stored), **told})


def _shown(stored: Json) -> Json:
    kind = stored["type"]
    return {
        "id": int(stored["id"]),
        "uid": stored["uid"],
        "orgId": ORGANISATION,
        "name": stored["name"],
        "type": kind,
        "typeLogoUrl": f"public/app/plugins/datasource/{kind}/img/{kind}_logo.svg",
        "access": stored["access"],
        **{key: stored[key] for key in (*_TEXTS, *_FLAGS)},
        "jsonData": stored["jsonData"],
        "secureJsonFields": dict.fromkeys(stored["secrets"], True),
        "version": stored["version"],
        "readOnly": stored["readOnly"],
    }
