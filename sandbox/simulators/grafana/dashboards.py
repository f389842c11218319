"""The dashboard routes: /api/dashboards/db, /api/dashboards/uid."""

from collections.abc import Iterator

from starlette.responses import JSONResponse, Response

from sandbox.simulators.grafana import folders
from sandbox.simulators.grafana.answers import Json, Refusal, bad_request, check_uid, not_imitated
from sandbox.simulators.grafana.organisation import WRITER, Call, Organisation, new_uid, slug

_ROOT = "General"
_ALL_RIGHTS = {"canAdd": True, "canEdit": True, "canDelete": True}


def save(own: Organisation, call: Call) -> Response:
    """Create or update a dashboard; find it by number, uid, or (`overwrite`) folder and title."""
    body = call.body()
    model = body.get("dashboard")
    if not isinstance(model, dict):
        raise bad_request()
    if body.get("isFolder"):
        raise not_imitated("folders made as dashboards: POST /api/folders makes one")
    folder, title = body.get("folderUid") or "", str(model.get("title") or "").strip()
    if folder == _ROOT.lower():
        folder = ""
    _check(own, model, title, folder)
    overwrite = bool(body.get("overwrite"))
    known = _known(own, model)
    if known and not overwrite and model.get("version") != known["version"]:
        message = "The dashboard has been changed by someone else"
        raise Refusal(412, message, status="version-mismatch")
    uid = model.get("uid") or (known["uid"] if known else "")
    twin = next(_titled(own, title, folder, known), None)
    if twin and not overwrite:
        message = "A dashboard with the same name in the folder already exists"
        raise Refusal(412, message, status="name-exists")
    if twin:  # Grafana updates the other one and keeps its uid, whatever uid the request has.
        known, uid = twin, twin["uid"]
    stored = _stored(own, known, model, title=title, uid=uid or new_uid(), folder=folder)
    own.store.put("dashboard", stored)
    return JSONResponse(
        {
            "folderUid": folder,
            "id": int(stored["id"]),
            "slug": slug(title),
            "status": "success",
            "uid": stored["uid"],
            "url": address(stored),
            "version": stored["version"],
        }
    )


def show(own: Organisation, call: Call) -> Response:
    stored = _need(own, call.ids["uid"])
    folder = own.folder(stored["folder"]) if stored["folder"] else None
    meta = {
        "type": "db",
        "canSave": True,
        "canEdit": True,
        "canAdmin": True,
        "canStar": True,
        "canDelete": True,
        "slug": slug(stored["title"]),
        "url": address(stored),
        "expires": "0001-01-01T00:00:00Z",
        "created": stored["created"],
        "updated": stored["updated"],
        "updatedBy": WRITER,
        "createdBy": WRITER,
        "version": stored["version"],
        "hasAcl": False,
        "isFolder": False,
        "folderId": int(folder["id"]) if folder else 0,
        "folderUid": stored["folder"],
        "folderTitle": folder["title"] if folder else _ROOT,
        "folderUrl": folders.address(folder) if folder else "",
        "provisioned": False,
        "provisionedExternalId": "",
        "annotationsPermissions": {"dashboard": _ALL_RIGHTS, "organization": _ALL_RIGHTS},
    }
    return JSONResponse({"meta": meta, "dashboard": stored["model"]})


def delete(own: Organisation, call: Call) -> Response:
    stored = _need(own, call.ids["uid"])
    own.store.delete("dashboard", stored["id"])
    reported = {"message": f"Dashboard {stored['title']} deleted", "title": stored["title"]}
    return JSONResponse({"id": int(stored["id"]), **reported})


def address(stored: Json) -> str:
    return f"/d/{stored['uid']}/{slug(stored['title'])}"


def _need(own: Organisation, uid: str) -> Json:
    stored = own.by_uid("dashboard", uid)
    if stored is None:
        raise Refusal(404, "Dashboard not found")
    return stored


def _check(own: Organisation, model: Json, title: str, folder: str) -> None:
    if not title:
        raise Refusal(400, "Dashboard title cannot be empty", status="empty-name")
    if title.lower() == _ROOT.lower() and not folder:
        raise Refusal(400, "A folder with that name already exists")
    check_uid(str(model.get("uid") or ""))
    if folder and own.folder(folder) is None:
        raise Refusal(400, "folder not found")


def _known(own: Organisation, model: Json) -> Json | None:
    """Find the dashboard of a request by its number, else by its uid."""
    by_uid = own.by_uid("dashboard", model["uid"]) if model.get("uid") else None
    if not model.get("id"):
        return by_uid
    known = own.store.find("dashboard", str(model["id"]))
    if known is None:
        raise Refusal(404, "Dashboard not found", status="not-found")
    if by_uid and by_uid["id"] != known["id"]:
        raise Refusal(400, "A dashboard with the same uid already exists")
    return known


def _titled(own: Organisation, title: str, folder: str, known: Json | None) -> Iterator[Json]:
    for other in own.store.every("dashboard"):
        same = (other["title"], other["folder"]) == (title, folder)
        if same and (known is None or other["id"] != known["id"]):
            yield other


def _stored(
    own: Organisation, known: Json | None, model: Json, *, title: str, uid: str, folder: str
) -> Json:
    stamp = own.stamp()
    number = known["id"] if known else str(own.next_number("folder or dashboard"))
    version = known["version"] + 1 if known else 1
    held = {"id": int(number), "uid": uid, "version": version, "title": title}
    return {
        "id": number,
        "uid": uid,
        "title": title,
        "folder": folder,
        "version": version,
        "created": known["created"] if known else stamp,
        "updated": stamp,
        "model": model | held,
    }
