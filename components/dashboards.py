"""A Grafana folder and the dashboards in it."""

import json
from collections.abc import Iterator
from typing import TypedDict

import pulumi
from pulumiverse_grafana import oss

from components.arguments import Problem, checked, refusals, shown
from components.explaining import explained
from systems import grafana

# Grafana sets these itself; in the text they would differ at every preview.
_SET_BY_GRAFANA = ("id", "version")

# A part of the provider's error, and what it means. The provider's own text keeps little more
# of Grafana's answer than a status.
_REMEDIES = {
    "name-exists": (
        "the folder has an unmanaged dashboard of the same title: rename or delete it in Grafana, "
        "or change the title of this one"
    ),
    "version-mismatch": (
        "Grafana has an unmanaged dashboard of this uid: delete it in Grafana, or "
        "`pulumi import` it"
    ),
    "with the same uid already exists": (
        "Grafana has an unmanaged folder of this uid: `pulumi import` it, or set another folder_uid"
    ),
    "with the same name already exists": (
        "Grafana has another folder of this title: rename or delete it in Grafana, or set "
        "another folder_title"
    ),
    "is not empty": (
        "the folder has unmanaged dashboards, so it is not deleted: move them to another folder "
        "in Grafana"
    ),
    "[401]": "Grafana refuses the token: set GRAFANA_AUTH to a valid one",
    "[403]": ("the token in GRAFANA_AUTH lacks rights: give its service account the role Editor"),
    "status 429": "Grafana still answered 429 after three retries: run it again in a few minutes",
    "[500]": "Grafana still failed after three retries: read its log, and run it again",
    "status 50": "Grafana still failed after three retries: read its log, and run it again",
    "dial tcp": "Grafana does not answer: check its URL and that it runs, and run it again",
}


class DashboardsArgs(TypedDict):
    """A folder and its dashboards."""

    folder_uid: str
    """The uid of the folder; another uid is another folder."""
    folder_title: pulumi.Input[str]
    """The title of the folder."""
    dashboards: dict[str, str]
    """The JSON text of each dashboard, by its uid."""


class Dashboards(pulumi.ComponentResource):
    """
    A Grafana folder and the dashboards in it.

    An unmanaged dashboard is never adopted: Grafana refuses to create a second one of the same
    uid, or of the same title in the folder. Edits made in Grafana are drift, and the next change
    overwrites them.
    """

    folder_uid: pulumi.Output[str]
    """The uid of the folder."""

    def __init__(
        self,
        name: str,
        args: DashboardsArgs,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Declare the folder and the dashboards of *args* under *name*."""
        args = checked("Dashboards", name, DashboardsArgs, args, _problems)
        super().__init__("waqiti:index:Dashboards", name, {}, opts)

        child = pulumi.ResourceOptions(parent=self, hooks=explained(name, self, _REMEDIES))

        folder = oss.Folder(
            f"{name}-folder",
            uid=args["folder_uid"],
            title=args["folder_title"],
            prevent_destroy_if_not_empty=True,
            opts=child,
        )
        for uid, text in sorted(args["dashboards"].items()):
            # `overwrite` would adopt an unmanaged dashboard of the same title under its own uid.
            oss.Dashboard(f"{name}-{uid}", folder=folder.uid, config_json=_normal(text), opts=child)

        self.folder_uid = folder.uid
        self.register_outputs({"folder_uid": self.folder_uid})


def _problems(args: DashboardsArgs) -> Iterator[Problem]:
    yield from refusals("folder_uid", grafana.check_uid, args["folder_uid"])
    if isinstance(args["folder_title"], str):
        yield from refusals("folder_title", grafana.check_title, args["folder_title"])
    titles: dict[str, str] = {}
    for uid, text in args["dashboards"].items():
        path = f"dashboards.{uid}"
        try:
            model = json.loads(text)
        except (ValueError, RecursionError) as error:
            yield path, f"not JSON ({error}): pass the text of a dashboard"
            continue
        if not isinstance(model, dict):
            yield path, "not an object: pass the text of a dashboard"
            continue
        if model.get("uid") != uid:
            yield path, f"the dashboard's own uid is {shown(model.get('uid'))}: make them equal"
        for place, reason in grafana.faults(model):
            yield f"{path}.{place}", reason
        title = str(model.get("title"))
        if title in titles:
            yield path, f"{titles[title]} has the title {title!r}, too: rename one"
        titles[title] = uid
    if args["folder_uid"] in args["dashboards"]:
        yield "folder_uid", f"a dashboard has the uid {args['folder_uid']!r}, too: rename one"


def _normal(text: str) -> str:
    """Return the same text for the same dashboard, however its file is formatted."""
    model = {key: value for key, value in json.loads(text).items() if key not in _SET_BY_GRAFANA}
    return json.dumps(model, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
