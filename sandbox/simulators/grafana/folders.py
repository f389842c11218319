"""The folder routes: /api/folders."""

from starlette.responses import JSONResponse, Response

from sandbox.simulators.grafana.answers import Json, Refusal, check_uid, folder_not_found
from sandbox.simulators.grafana.organisation import (
    ORGANISATION,
    WRITER,
    Call,
    Organisation,
    new_uid,
    slug,
)

_MOST_LISTED = 1000


def listing(own: Organisation, call: Call) -> Response:
    """List the folders in one folder, or in the root."""
    parent = call.query.get("parentUid", "")
    if parent:
        _need(own, parent)
    found = [f for f in own.store.every("folder") if f["parent"] == parent]
    limit, page = call.number("limit", _MOST_LISTED), max(call.number("page", 1), 1)
    keys = ("id", "uid", "title")
    listed = [{key: shown(own, f)[key] for key in keys} for f in found]
    listed = [
        each | ({"parentUid": parent} if parent else {})
        for each in sorted(listed, key=lambda each: str(each["title"]).lower())
    ]
    return JSONResponse(listed[(page - 1) * limit : page * limit])


def create(own: Organisation, call: Call) -> Response:
    body = call.body()
    title, uid = _title(body), body.get("uid") or new_uid()
    parent = body.get("parentUid") or ""
    check_uid(uid)
    if own.folder(uid):
        raise Refusal(409, "a folder with the same uid already exists")
    if parent:
        _need(own, parent)
    _check_title(own, title, parent, uid)
    stamp = own.stamp()
    stored = {
        "id": str(own.next_number("folder or dashboard")),
        "uid": uid,
        "title": title,
        "parent": parent,
        "created": stamp,
        "updated": stamp,
        "version": 1,
    }
    own.store.put("folder", stored)
    return JSONResponse(shown(own, stored))


def show(own: Organisation, call: Call) -> Response:
    return JSONResponse(shown(own, _need(own, call.ids["uid"])))


def show_by_number(own: Organisation, call: Call) -> Response:
    stored = own.store.find("folder", call.ids["number"])
    if stored is None:
        raise folder_not_found()
    return JSONResponse(shown(own, stored))


def change(own: Organisation, call: Call) -> Response:
    body, stored = call.body(), _need(own, call.ids["uid"])
    if not body.get("overwrite") and body.get("version", stored["version"]) != stored["version"]:
        raise Refusal(412, "the folder has been changed by someone else", status="version-mismatch")
    title = _title(body)
    _check_title(own, title, stored["parent"], stored["uid"])
    stored |= {"title": title, "updated": own.stamp(), "version": stored["version"] + 1}
    own.store.put("folder", stored)
    return JSONResponse(shown(own, stored))


def move(own: Organisation, call: Call) -> Response:
    stored, parent = _need(own, call.ids["uid"]), call.body().get("parentUid") or ""
    if parent:
        above = _need(own, parent)
        if stored["uid"] in (parent, *(each["uid"] for each in _above(own, above))):
            raise Refusal(400, "failed to move folder: circular reference detected")
    stored["parent"] = parent
    own.store.put("folder", stored)
    return JSONResponse(shown(own, stored))


def delete(own: Organisation, call: Call) -> Response:
    """Delete the folder and its content, as Grafana does."""
    stored = _need(own, call.ids["uid"])
    _delete(own, stored)
    reported = {"message": f"Folder {stored['title']} deleted", "title": stored["title"]}
    return JSONResponse({"id": int(stored["id"]), **reported})


def shown(own: Organisation, stored: Json) -> Json:
    parents = _above(own, stored)
    nested = {"parentUid": stored["parent"], "parents": [shown(own, p) for p in parents]}
    return {
        "id": int(stored["id"]),
        "uid": stored["uid"],
        "orgId": ORGANISATION,
        "title": stored["title"],
        "url": address(stored),
        "hasAcl": False,
        "canSave": True,
        "canEdit": True,
        "canAdmin": True,
        "canDelete": True,
        "createdBy": WRITER,
        "created": stored["created"],
        "updatedBy": WRITER,
        "updated": stored["updated"],
        "version": stored["version"],
    } | (nested if parents else {})


def address(stored: Json) -> str:
    return f"/dashboards/f/{stored['uid']}/{slug(stored['title'])}"


def _need(own: Organisation, uid: str) -> Json:
    stored = own.folder(uid)
    if stored is None:
        raise folder_not_found()
    return stored


def _title(body: Json) -> str:
    title = str(body.get("title") or "").strip()
    if not title:
        raise Refusal(400, "folder title cannot be empty")
    return title


def _check_title(own: Organisation, title: str, parent: str, uid: str) -> None:
    same = (
        f
        for f in own.store.every("folder")
        if (f["title"], f["parent"]) == (title, parent) and f["uid"] != uid
    )
    if next(same, None):
        raise Refusal(409, "a folder with the same name already exists in the current location")


def _above(own: Organisation, stored: Json) -> list[Json]:
    """Return the ancestors of a folder, outermost first."""
    parent = own.folder(stored["parent"]) if stored["parent"] else None
    return [*_above(own, parent), parent] if parent else []


def _below(own: Organisation, stored: Json) -> list[Json]:
    inner = [f for f in own.store.every("folder") if f["parent"] == stored["uid"]]
    return [stored, *(each for folder in inner for each in _below(own, folder))]


def _delete(own: Organisation, stored: Json) -> None:
    for folder in _below(own, stored):
        for dashboard in own.store.every("dashboard"):
            if dashboard["folder"] == folder["uid"]:
                own.store.delete("dashboard", dashboard["id"])
        own.store.delete("folder", folder["id"])
