"""The search route: /api/search, over folders and dashboards."""

from collections.abc import Iterator

from starlette.responses import JSONResponse, Response

from sandbox.simulators.grafana import dashboards, folders
from sandbox.simulators.grafana.answers import Json
from sandbox.simulators.grafana.organisation import ORGANISATION, Call, Organisation, slug

_USUAL, _MOST = 1000, 5000
_ROOT = "general"


def search(own: Organisation, call: Call) -> Response:
    """Search by words, type, folder, tags, uids and numbers; sort by title."""
    found = sorted(
        (hit for hit in _hits(own) if _fits(call, hit)), key=lambda hit: str(hit["title"]).lower()
    )
    limit = min(call.number("limit", _USUAL) or _USUAL, _MOST)
    page = max(call.number("page", 1), 1)
    return JSONResponse(found[(page - 1) * limit : page * limit])


def _hits(own: Organisation) -> Iterator[Json]:
    for stored in own.store.every("folder"):
        yield _hit(own, stored, stored["parent"], folders.address(stored), "dash-folder", [])
    for stored in own.store.every("dashboard"):
        tags = sorted(stored["model"].get("tags") or [])
        yield _hit(own, stored, stored["folder"], dashboards.address(stored), "dash-db", tags)


def _hit(
    own: Organisation, stored: Json, inside: str, address: str, kind: str, tags: list[str]
) -> Json:
    folder = own.folder(inside) if inside else None
    return {
        "id": int(stored["id"]),
        "uid": stored["uid"],
        "orgId": ORGANISATION,
        "title": stored["title"],
        "uri": f"db/{slug(stored['title'])}",
        "url": address,
        "slug": "",
        "type": kind,
        "tags": tags,
        "isStarred": False,
        "sortMeta": 0,
    } | (_place(folder) if folder else {})


def _place(folder: Json) -> Json:
    return {
        "folderId": int(folder["id"]),
        "folderUid": folder["uid"],
        "folderTitle": folder["title"],
        "folderUrl": folders.address(folder),
    }


def _fits(call: Call, hit: Json) -> bool:
    query = call.query
    uids = [uid if uid.lower() != _ROOT else "" for uid in _listed(call, "folderUIDs")]
    return (
        query.get("query", "").lower() in hit["title"].lower()
        and query.get("type", hit["type"]) == hit["type"]
        and query.get("starred", "false") != "true"
        and set(query.getlist("tag")) <= set(hit["tags"])
        and (not uids or hit.get("folderUid", "") in uids)
        and _named(_listed(call, "folderIds"), str(hit.get("folderId", 0)))
        and _named(_listed(call, "dashboardUIDs"), hit["uid"])
        and _named(_listed(call, "dashboardIds"), str(hit["id"]))
    )


def _named(wanted: list[str], given: str) -> bool:
    return not wanted or given in wanted


def _listed(call: Call, name: str) -> list[str]:
    """Return the values of a filter, which are repeated or separated by commas."""
    return [value for given in call.query.getlist(name) for value in given.split(",") if value]
