"""The methods `auth.*` and `apps.*`."""

from sandbox.simulators.slack.answers import Json, failed
from sandbox.simulators.slack.calls import Call
from sandbox.simulators.slack.manifests import errors
from sandbox.simulators.slack.workspace import Workspace


def test(workspace: Workspace, call: Call) -> Json:
    user = workspace.store.find("user", call.user) or {}
    bot = {"bot_id": f"B{call.user[1:]}"} if call.token["kind"] == "bot" else {}
    return {
        "url": f"{workspace.url}/",
        "team": workspace.team["name"],
        "team_id": workspace.team["id"],
        "user": user.get("name", ""),
        "user_id": call.user,
        "is_enterprise_install": False,
    } | bot


def revoke(workspace: Workspace, call: Call) -> Json:
    revoked = not call.flag("test")
    if revoked:
        workspace.store.put("token", call.token | {"revoked": True})
    return {"revoked": revoked}


def validate(_: Workspace, call: Call) -> Json:
    if found := errors(call.text("manifest")):
        raise failed("invalid_manifest", errors=found)
    return {"errors": []}
